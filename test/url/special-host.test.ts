import { expect, test } from 'vitest'
import { isLinkLocalHost } from '../../src/url/special-host.ts'

test.for([
  ['http://169.254.169.254/', true],
  ['http://169.254.0.1./', true],
  ['http://0xa9.0xfe.1.1/', true],
  ['http://2852039166/', true],
  ['http://[fe80::1]/', true],
  ['http://[febf::1]/', true],
  ['http://[::ffff:169.254.169.254]/', true],
  ['http://[::169.254.169.254]/', true],
  ['http://[fd00:ec2::254]/', true],
  ['http://metadata.google.internal./', true],
  ['http://0.0.0.0/', true],
  ['http://[::]/', true],
  ['http://169.253.169.254/', false],
  ['http://10.0.0.1/', false],
  ['http://[fec0::1]/', false],
  ['http://[2001:db8::fe80]/', false],
  ['http://169.254.169.254.example/', false],
  ['http://metadata.google.internal.example/', false],
] as const)('%s: %s', ([url, expected]) => {
  expect(isLinkLocalHost(new URL(url).hostname)).toBe(expected)
})
