import { describe, expect, test } from 'vitest'
import { redactText, redactUrl } from '../../src/url/redact.ts'

describe('redactUrl', () => {
  test.for([
    ['https://npm.corp.example/npm/a.tgz', 'https://npm.corp.example/npm/a.tgz'],
    ['https://npm.corp.example:8443/a', 'https://npm.corp.example:8443/a'],
    ['https://user:secret@npm.corp.example/a', 'https://npm.corp.example/a'],
    ['https://s3.example/a.tgz?X-Amz-Signature=secret', 'https://s3.example/a.tgz?***'],
    ['https://s3.example/a.tgz#token=secret', 'https://s3.example/a.tgz#***'],
    ['http://[::1]:4874/a', 'http://[::1]:4874/a'],
  ] as const)('prints %s as %s', ([url, expected]) => {
    expect(redactUrl(new URL(url))).toBe(expected)
  })
})

describe('redactText', () => {
  test.for([
    'https://user:secret@npm.corp.example/a',
    'git+https://secret@git.example/a.git',
    'ssh://git:secret@git.example/a.git',
    'HTTPS://user:secret@npm.corp.example/a',
    String.raw`https:\\user:secret@npm.corp.example/a`,
    'https:/user:secret@npm.corp.example/a',
    'https://user:p@ss@secret@npm.corp.example/a',
    'see (https://s3.example/a.tgz?X-Amz-Signature=secret) for it',
    'https://s3.example/a.tgz?a=https://b.example/?secret',
    '//npm.corp.example/:_authToken=secret',
    '_password = "secret"',
    '//npm.corp.example/:_auth: secret',
    'npm_secretsecretsecretsecretsecretsecretsecret',
  ])('leaves the secret out of %j', (text) => {
    expect(redactText(text)).not.toContain('secret')
    expect(redactText(text)).toContain('***')
  })

  test.for([
    'https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
    'git+https://git.example/a.git#semver:^1',
    '@luca/cases@1.0.1 is fetched from JSR: what now? a@b.example',
    'npm_config_registry (environment)',
  ])('leaves %j as it is', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

test.for([
  ['one long word', 'a'.repeat(300_000)],
  ['a long query', `https://a.example/?${').'.repeat(150_000)}x`],
  ['many schemes', 'https:'.repeat(50_000)],
] as const)('%s is read in linear time', ([, text]) => {
  expect(redactText(text).length).toBeLessThanOrEqual(text.length)
})

test.for(['1', '.', '-', 'x', '+', '"', '='])('credentials are found after %j', (before) => {
  expect(redactText(`a ${before}https://user:secret@a.example/`)).not.toContain('secret')
})
