import { expect, test } from 'vitest'
import type { LockedPackage } from '../../../src/lockfile/locked-package.ts'
import { check, createLocked, createLockedContext, remote, sha1, sha512 } from '../context.ts'

function run(parts: Partial<LockedPackage>) {
  return check('missing-integrity', createLockedContext([createLocked(parts)]))
}

test.for<readonly [string, Partial<LockedPackage>]>([
  ['a strong hash', { integrity: [sha512] }],
  ['a weak hash', { integrity: [sha1] }],
  ['a package inside a tarball', { integrity: [], source: { type: 'bundled' } }],
  ['a commit', { integrity: [], source: { type: 'git', url: 'git+https://git.example/a#1' } }],
  ['a folder', { integrity: [], source: { type: 'local', path: '../a' } }],
])('passes %s', ([, parts]) => {
  expect(run(parts)).toEqual([])
})

test.for<readonly [string, Partial<LockedPackage>]>([
  ['an address', {}],
  ['no address', { source: { type: 'route' } }],
  ['another package', { name: 'lodash' }],
  ['a place that is not the registry', { source: remote('https://npm.jsr.io/x') }],
])('catches an entry without a hash: %s', ([, parts]) => {
  expect(run({ ...parts, integrity: [] })).toMatchObject([
    { severity: 'error', file: 'package-lock.json', line: 7 },
  ])
})

test.for([['sha512-'], ['sha512-AAAA'], ['md6-AAAA'], [sha512.toUpperCase()], ['rubbish', '']])(
  'takes %j for no hash',
  (integrity) => {
    const [finding] = run({ integrity })
    expect(finding?.message).toContain(JSON.stringify(integrity.join(' ')))
  },
)
