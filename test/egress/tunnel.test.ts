import { expect, test } from 'vitest'
import { explainFailure } from '../../src/egress/tunnel.ts'

const fail = (code: unknown) => Object.assign(new Error('connect to secret.example'), { code })

test.for([
  ['a name that does not exist is final: no client tries again', fail('ENOTFOUND'), 421],
  ['a name that could not be looked up for now', fail('EAI_AGAIN'), 502],
  ['a connection that was refused', fail('ECONNREFUSED'), 502],
  ['a host that is silent', fail('ETIMEDOUT'), 504],
  ['no known code', fail('odd code: secret'), 502],
  ['a code that is no text', fail(5), 502],
  ['no error at all', 'secret', 502],
  ['the proxy before ours wants credentials', { proxyStatus: 407 }, 407],
  ['the proxy before ours forbids it', { proxyStatus: 403 }, 403],
  ['the proxy before ours redirects', { proxyStatus: 302 }, 502],
  ['the proxy before ours makes numbers up', { proxyStatus: 999 }, 502],
] as const)('%s', ([, error, status]) => {
  const answer = explainFailure(error)
  expect(answer.status).toBe(status)
  expect(answer.text).not.toContain('secret')
})
