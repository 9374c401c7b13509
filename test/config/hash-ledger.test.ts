import { describe, expect, test } from 'vitest'
import { formatHashLedger, readHashLedger, type HashEntry } from '../../src/config/hash-ledger.ts'

const file = 'jsr-guard.lock.json'
const a = `sha512-${'a'.repeat(86)}==`
const b = `sha512-${'b'.repeat(86)}==`

function entry(version: string, fields: Partial<HashEntry> = {}): HashEntry {
  return { name: '@jsr/luca__cases', version, revision: 11, integrity: a, ...fields }
}

describe('the ledger', () => {
  test('is one line per entry, sorted, each ending alike', () => {
    const entries = [
      entry('1.0.1', { revision: undefined }),
      entry('1.0.0', { revision: 12, integrity: b }),
      entry('1.0.0'),
      { ...entry('0.1.0'), name: '@jsr/std__path' },
    ]
    expect(formatHashLedger(entries)).toBe(
      [
        '{',
        `  "@jsr/luca__cases@1.0.0 r11": "${a}",`,
        `  "@jsr/luca__cases@1.0.0 r12": "${b}",`,
        `  "@jsr/luca__cases@1.0.1": "${a}",`,
        `  "@jsr/std__path@0.1.0 r11": "${a}",`,
        '  "ledgerVersion": 1',
        '}',
        '',
      ].join('\n'),
    )
    expect(readHashLedger(formatHashLedger(entries), file)).toEqual(
      expect.arrayContaining(entries.map((one) => expect.objectContaining(one))),
    )
  })

  test('may be empty', () => {
    expect(readHashLedger(formatHashLedger([]), file)).toEqual([])
  })

  test('need not be sorted, as after a merge', () => {
    const text = `{"@jsr/a__b@2.0.0": "${a}", "@jsr/a__b@1.0.0": "${b}", "ledgerVersion": 1}`
    expect(readHashLedger(text, file)).toHaveLength(2)
  })

  const line = `"@jsr/luca__cases@1.0.0 r11": "${a}",`
  test.for([
    [
      'a merge conflict',
      `{\n<<<<<<< ours\n${line}\n=======\n>>>>>>> theirs\n"ledgerVersion": 1}`,
      2,
    ],
    ['a key that stands twice', `{${line}\n${line}\n"ledgerVersion": 1}`, undefined],
    [
      'a hash that stands twice',
      `{${line}\n"@jsr/luca__cases@1.0.0 r12": "${a}",\n"ledgerVersion": 1}`,
      2,
    ],
    ['a version of the format that is not known', `{${line}\n"ledgerVersion": 2}`, 2],
    ['no version of the format', '{}', undefined],
    ['a list', '[]', undefined],
    ['what is no version', `{"@jsr/a__b@latest": "${a}",\n"ledgerVersion": 1}`, 1],
    [
      'a version that is not written as semver does',
      `{"@jsr/a__b@v1.0.0": "${a}",\n"ledgerVersion": 1}`,
      1,
    ],
    ['another scope', `{"@std/path@1.0.0": "${a}",\n"ledgerVersion": 1}`, 1],
    ['a scope that is near', `{"@jsr2/a__b@1.0.0": "${a}",\n"ledgerVersion": 1}`, 1],
    ['a revision that is no number', `{"@jsr/a__b@1.0.0 rx": "${a}",\n"ledgerVersion": 1}`, 1],
    ['a weak hash', `{"@jsr/a__b@1.0.0": "sha1-${'a'.repeat(27)}=",\n"ledgerVersion": 1}`, 1],
    ['a hash cut short', `{"@jsr/a__b@1.0.0": "sha512-aa==",\n"ledgerVersion": 1}`, 1],
    ['a hash that is no text', '{"@jsr/a__b@1.0.0": ["x"],\n"ledgerVersion": 1}', 1],
    ['no JSON', 'x', undefined],
    ['comments', `{/* */${line}"ledgerVersion": 1}`, undefined],
  ] as const)('is refused with %s', ([, text, at]) => {
    const read = (): unknown => readHashLedger(text, file)
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_JSR_GUARD_LEDGER', file }))
    if (at !== undefined) expect(read).toThrow(expect.objectContaining({ line: at }))
  })
})
