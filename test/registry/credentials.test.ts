import { expect, test } from 'vitest'
import { createCredentialChoice } from '../../src/registry/credentials.ts'

const choose = createCredentialChoice({
  registry: 'http://other.corp.example/',
  '//a.corp.example/npm/:_authToken': 'token-a',
  '//b.corp.example/:_auth': 'dXNlcjpi',
  '//c.corp.example/:username': 'user',
  '//c.corp.example/:_password': Buffer.from('c').toString('base64'),
})
const basicC = `Basic ${Buffer.from('user:c').toString('base64')}`

test.for([
  [
    'the credentials of the address stay',
    'http://a.corp.example/npm/x',
    'Bearer token-a',
    'Bearer token-a',
  ],
  ['another folder of the host gets none', 'http://a.corp.example/x', 'Bearer token-a', undefined],
  ['another host gets none', 'http://open.corp.example/x', 'Bearer token-a', undefined],
  [
    'a near miss gets none',
    'http://a.corp.example.evil.example/npm/x',
    'Bearer token-a',
    undefined,
  ],
  ['another port gets none', 'http://a.corp.example:81/npm/x', 'Bearer token-a', undefined],
  ['each address gets its own', 'http://b.corp.example/x', 'Bearer token-a', 'Basic dXNlcjpi'],
  ['a name and password are known', 'http://b.corp.example/x', basicC, 'Basic dXNlcjpi'],
  ['a name and password stay', 'http://c.corp.example/x', basicC, basicC],
  ['what is not configured is left alone', 'http://d.example/', 'Bearer other', 'Bearer other'],
] as const)('%s', ([, url, sent, expected]) => {
  expect(choose(new URL(url), sent)).toBe(expected)
})
