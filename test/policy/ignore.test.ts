import { describe, expect, test } from 'vitest'
import type { Ignore } from '../../src/config/policy-ignore.ts'
import type { Finding } from '../../src/finding.ts'
import { applyIgnores, type IgnoreOptions } from '../../src/policy/ignore.ts'

const finding: Finding = {
  rule: 'missing-integrity',
  severity: 'error',
  message: 'no hash',
  hint: undefined,
  file: 'package-lock.json',
  line: 7,
  package: '@jsr/luca__cases',
  version: '1.0.1',
}

function createIgnore(parts: Partial<Ignore> = {}): Ignore {
  return {
    rule: 'missing-integrity',
    package: '@jsr/luca__cases',
    version: undefined,
    file: undefined,
    reason: 'known',
    until: undefined,
    policyFile: 'jsr-guard.json',
    policyLine: 4,
    ...parts,
  }
}

function apply(ignore: Ignore, parts: Partial<IgnoreOptions> = {}) {
  const { findings, ignored } = applyIgnores([finding], {
    ignores: [ignore],
    policyFile: 'jsr-guard.json',
    levels: {},
    judged: () => true,
    isPartial: false,
    today: '2026-11-28',
    ...parts,
  })
  return { findings: findings.map(({ rule }) => rule), ignored: ignored.length }
}

const applied = { findings: [], ignored: 1 }
const unused = { findings: ['missing-integrity', 'unused-ignore'], ignored: 0 }
const silent = { findings: ['missing-integrity'], ignored: 0 }

test('an ignored finding is kept, with reason and date', () => {
  const ignore = createIgnore({ until: '2027-01-31' })
  const { ignored } = applyIgnores([finding], {
    ignores: [ignore],
    policyFile: 'jsr-guard.json',
    levels: {},
    judged: () => true,
    isPartial: false,
    today: '2026-11-28',
  })
  expect(ignored).toEqual([{ ...finding, reason: 'known', until: '2027-01-31' }])
})

test.for([
  ['the package', {}],
  ['the version', { version: '1.0.1' }],
  ['the file alone', { package: undefined, file: 'package-lock.json' }],
  ['the day before its last', { until: '2026-11-29' }],
  ['its last day', { until: '2026-11-28' }],
] as const)('an ignore is applied by %s', ([, parts]) => {
  expect(apply(createIgnore(parts))).toEqual(applied)
})

test.for([
  ['another rule', { rule: 'weak-integrity' }],
  ['another package', { package: '@jsr/luca__case' }],
  ['another version', { version: '1.0.2' }],
  ['another file', { file: 'apps/a/package-lock.json' }],
  ['the day after its last', { until: '2026-11-27' }],
] as const)('an ignore is of no use on %s, and says so', ([, parts]) => {
  expect(apply(createIgnore(parts))).toEqual(unused)
})

test('an ignore that is of no use is found where it stands', () => {
  const { findings } = applyIgnores([], {
    ignores: [createIgnore({ until: '2026-01-31' })],
    policyFile: 'jsr-guard.json',
    levels: {},
    judged: () => true,
    isPartial: false,
    today: '2026-11-28',
  })
  expect(findings).toMatchObject([
    {
      rule: 'unused-ignore',
      severity: 'warning',
      message:
        'the ignore of missing-integrity for @jsr/luca__cases expired on 2026-01-31 and is not applied',
      file: 'jsr-guard.json',
      line: 4,
    },
  ])
})

describe('what can’t be told to be of no use is left alone', () => {
  const other = { package: '@jsr/other__one' }
  test.for([
    ['of a rule that was not judged', createIgnore(other), { judged: () => false }],
    ['where a part was left out', createIgnore(other), { isPartial: true }],
    ['of a policy that is extended', createIgnore({ ...other, policyFile: 'base.json' }), {}],
    [
      'of such a policy, expired',
      createIgnore({ ...other, policyFile: 'base.json', until: '2020-01-01' }),
      {},
    ],
    ['with the rule off', createIgnore(other), { levels: { 'unused-ignore': 'off' } }],
  ] as const)('an ignore %s', ([, ignore, options]) => {
    expect(apply(ignore, options)).toEqual(silent)
  })
})

test('one of a policy that is extended is reported where it has expired and would match', () => {
  const ignore = createIgnore({ policyFile: 'base.json', until: '2020-01-01' })
  expect(apply(ignore)).toEqual(unused)
})
