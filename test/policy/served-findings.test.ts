import { describe, expect, test } from 'vitest'
import type { HashEntry } from '../../src/config/hash-ledger.ts'
import { compareHashes } from '../../src/policy/hashes.ts'
import { detectManifestMarks, detectMetadataMarks } from '../../src/policy/public-marks.ts'
import type { ServedVersion } from '../../src/policy/registry-facts.ts'
import { evaluateFacts } from '../../src/policy/registry-findings.ts'

const name = '@jsr/luca__cases'
const a = `sha512-${'a'.repeat(86)}==`
const b = `sha512-${'b'.repeat(86)}==`
const weak = `sha1-${'a'.repeat(27)}=`
const nowMs = Date.parse('2026-01-11T00:00:00Z')

function rulesOf(
  served: Partial<ServedVersion>,
  known: readonly HashEntry[] = [],
  minimumAgeDays?: number,
): string[] {
  const answer: ServedVersion = {
    type: 'described',
    registry: new URL('https://npm.corp.example/npm/'),
    locked: [a],
    named: [a],
    bytes: undefined,
    revision: undefined,
    marks: [],
    publishedAt: '2026-01-01T00:00:00Z',
    ...served,
  }
  const fact = { file: 'package-lock.json', line: 3, package: name, version: '1.0.0', answer }
  const policy = { knownHashes: () => known, minimumAgeDays, nowMs }
  return evaluateFacts([fact], {}, policy).map(({ rule }) => rule)
}

function entry(integrity: string, revision?: number): HashEntry {
  return { name, version: '1.0.0', revision, integrity }
}

describe('hashes', () => {
  test.for([
    ['that agree', {}, [], []],
    ['that differ', { named: [b] }, [], ['integrity-mismatch']],
    ['of algorithms that have nothing in common', { named: [weak] }, [], ['integrity-mismatch']],
    ['that the registry does not name', { named: [] }, [], ['integrity-mismatch']],
    ['that the lockfile does not have', { locked: [] }, [], []],
    ['of bytes, whatever is named', { named: [weak], bytes: [a] }, [], []],
    ['of bytes that are others than named', { named: [b], bytes: [a] }, [], ['integrity-mismatch']],
    ['that the ledger has', {}, [entry(a, 11)], []],
    ['that the ledger has not', {}, [entry(b, 11)], ['integrity-mismatch']],
    ['that are both revisions', { named: [b] }, [entry(a, 11), entry(b, 12)], ['revision-drift']],
    [
      'of which one has no revision',
      { named: [b] },
      [entry(a), entry(b, 12)],
      ['integrity-mismatch'],
    ],
    ['of which the ledger has one', { named: [b] }, [entry(b, 12)], ['integrity-mismatch']],
  ] as const)('%s: %j', ([, served, known, rules]) => {
    expect(rulesOf(served, known)).toEqual(rules)
  })

  test.for([
    [[a], [a], 'same'],
    [[a, b], [b], 'same'],
    [[a], [`${a}?option`], 'same'],
    [[a.replace('==', '')], [a], 'same'],
    [[a], [b], 'different'],
    [[a, weak], [b, weak], 'different'],
    [[a, weak], [weak], 'incomparable'],
    [[weak], [weak], 'same'],
    [[a], [], 'incomparable'],
    [['sha512-!'], [a], 'incomparable'],
    [['toString-aaaa'], ['toString-aaaa'], 'incomparable'],
  ] as const)('%j and %j are %s', ([pinned, found, comparison]) => {
    expect(compareHashes(pinned, found)).toBe(comparison)
  })
})

describe('the age of a version', () => {
  test.for([
    [undefined, '2026-01-10T23:59:59Z', []],
    [0, '2026-01-10T23:59:59Z', []],
    [3, '2026-01-08T00:00:00Z', []],
    [3, '2026-01-08T00:00:01Z', ['too-new']],
    [3, '2027-01-01T00:00:00Z', ['too-new']],
    [3, 'yesterday', ['too-new']],
    [3, undefined, ['too-new']],
  ] as const)('at least %s days, published at %s', ([days, publishedAt, rules]) => {
    expect(rulesOf({ publishedAt }, [], days)).toEqual(rules)
  })
})

describe('the marks of a public registry', () => {
  const likely = [{ what: '_npmUser', sureness: 'likely' }] as const
  const certain = [{ what: 'bin', sureness: 'certain' }] as const
  test.for([
    ['none', [], [], []],
    ['likely ones', likely, [], ['not-from-jsr']],
    ['likely ones on a file that the ledger has with a revision', likely, [entry(a, 11)], []],
    ['likely ones on a file that it has without', likely, [entry(a)], ['not-from-jsr']],
    ['certain ones, whatever the ledger has', certain, [entry(a, 11)], ['not-from-jsr']],
  ] as const)('%s', ([, marks, known, rules]) => {
    expect(rulesOf({ marks }, known)).toEqual(rules)
  })

  test.for([
    [{ dist: { signatures: [{ keyid: 'a' }] } }, 'certain'],
    [{ dist: { attestations: { url: 'a' } } }, 'certain'],
    [{ _npmOperationalInternal: { host: 'a' } }, 'certain'],
    [{ hasInstallScript: true }, 'certain'],
    [{ scripts: { postinstall: 'a' } }, 'certain'],
    [{ bin: { a: 'b' } }, 'certain'],
    [{ _npmUser: { name: 'a' } }, 'likely'],
    [{ dist: { fileCount: 3 } }, 'likely'],
    // What every product writes, or writes empty.
    [
      { _id: 'a', _rev: '1', maintainers: [{ name: 'a' }], readme: 'a', _npmVersion: '11' },
      undefined,
    ],
    [{ dist: { signatures: [], attestations: null }, bin: {}, _npmUser: {} }, undefined],
    [{ scripts: { test: 'a' } }, undefined],
    [{ scripts: 'postinstall', dist: 'x' }, undefined],
  ] as const)('in %j are %s', ([version, sureness]) => {
    expect(detectMetadataMarks(version)[0]?.sureness).toBe(sureness)
  })

  test('a package.json is JSR’s by its revision and its page', () => {
    const own = { homepage: 'https://jsr.io/@luca/cases', _jsr_revision: 11 }
    expect(detectManifestMarks(name, own)).toEqual([])
    expect(detectManifestMarks(name, { ...own, homepage: 'https://jsr.io/@luca/case' })).toEqual([
      expect.objectContaining({ sureness: 'likely' }),
    ])
    for (const revision of [undefined, '11', 1.5, -1]) {
      expect(detectManifestMarks(name, { ...own, _jsr_revision: revision })).toEqual([
        expect.objectContaining({ sureness: 'certain' }),
      ])
    }
  })
})
