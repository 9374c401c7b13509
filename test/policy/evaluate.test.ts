import { describe, expect, test } from 'vitest'
import { ruleLevels, type RuleId } from '../../src/finding.ts'
import { explainRule, plannedRules } from '../../src/policy/explanations.ts'
import { unusedIgnore } from '../../src/policy/ignore.ts'
import { rules } from '../../src/policy/rules.ts'
import {
  evaluateContext,
  check,
  createClient,
  createContext,
  createLocked,
  createLockedContext,
  createLockfile,
  createManifest,
  remote,
  sha1,
} from './context.ts'

const direct = createLocked({
  source: remote('https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'),
})

test('a project in order has no findings', () => {
  const manifests = [createManifest({ dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } })]
  const locked = createLocked({ alias: '@luca/cases' })
  expect(evaluateContext(createLockedContext([locked], { manifests }), {})).toEqual([])
})

test('an ordinary project without JSR has none either', () => {
  const manifests = [createManifest({ dependencies: { lodash: '^4' } })]
  const packages = [
    createLocked({ name: 'lodash', source: remote('https://a.example/lodash/-/lodash-1.0.1.tgz') }),
  ]
  expect(
    evaluateContext(createLockedContext(packages, { manifests, registry: undefined }), {}),
  ).toEqual([])
})

test('a finding tells rule, severity, place and package', () => {
  expect(check('direct-resolution', createLockedContext([direct]))).toEqual([
    {
      rule: 'direct-resolution',
      severity: 'error',
      message:
        '@jsr/luca__cases@1.0.1 is fetched from JSR: https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz',
      hint: expect.stringContaining('@jsr:registry=https://npm.corp.example/npm/') as string,
      file: 'package-lock.json',
      line: 7,
      package: '@jsr/luca__cases',
      version: '1.0.1',
    },
  ])
})

describe('levels', () => {
  const padded = createContext({
    manifests: [createManifest({ dependencies: { '@luca/cases': ' jsr:^1' } })],
  })
  const unpadded = createContext({
    manifests: [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })],
  })
  const severities = (context = padded, levels = {}) =>
    check('jsr-specifier', context, levels).map(({ severity }) => severity)

  test('come from the table where nobody says otherwise', () => {
    expect(severities(unpadded)).toEqual([ruleLevels['jsr-specifier']])
  })

  test('come from the finding where the rule gives one', () => {
    expect(severities()).toEqual(['error'])
  })

  test('come from the policy before both', () => {
    expect(severities(padded, { 'jsr-specifier': 'warning' })).toEqual(['warning'])
    expect(severities(unpadded, { 'jsr-specifier': 'error' })).toEqual(['error'])
  })

  test('off drops the rule and no other', () => {
    const levels = { 'direct-resolution': 'off' } as const
    const context = createLockedContext([{ ...direct, integrity: [] }])
    expect(evaluateContext(context, levels).map(({ rule }) => rule)).toEqual(['missing-integrity'])
  })
})

test('findings are in order of file, line, rule and package, whatever the order of the context', () => {
  const at = (line: number | undefined, name: string) =>
    createLocked({ name, line: () => line, integrity: [], source: remote('https://npm.jsr.io/x') })
  const packages = [
    at(9, '@jsr/b__b'),
    at(10, '@jsr/a__a'),
    at(9, '@jsr/a__a'),
    at(undefined, '@jsr/c__c'),
  ]
  const lockfiles = [
    createLockfile(packages, { file: 'package-lock.json' }),
    createLockfile([at(1, '@jsr/a__a')], { file: 'npm-shrinkwrap.json' }),
  ]
  const run = (context = createContext({ lockfiles })) =>
    evaluateContext(context, {}).map(
      ({ file, line, rule, package: name }) => `${file}:${line} ${rule} ${name}`,
    )
  expect(run()).toEqual([
    'npm-shrinkwrap.json:1 direct-resolution @jsr/a__a',
    'npm-shrinkwrap.json:1 missing-integrity @jsr/a__a',
    'package-lock.json:undefined direct-resolution @jsr/c__c',
    'package-lock.json:undefined missing-integrity @jsr/c__c',
    'package-lock.json:9 direct-resolution @jsr/a__a',
    'package-lock.json:9 direct-resolution @jsr/b__b',
    'package-lock.json:9 missing-integrity @jsr/a__a',
    'package-lock.json:9 missing-integrity @jsr/b__b',
    'package-lock.json:10 direct-resolution @jsr/a__a',
    'package-lock.json:10 missing-integrity @jsr/a__a',
  ])
  const reversed = lockfiles.toReversed().map((one) => ({ ...one }))
  expect(run(createContext({ lockfiles: reversed }))).toEqual(run())
})

test('a rule that throws stops the run', () => {
  const client = createClient({
    routeOf: () => {
      throw new Error('bug')
    },
  })
  const context = createLockedContext([createLocked({ source: { type: 'route' } })], {
    clients: [client],
  })
  expect(() => evaluateContext(context, {})).toThrow('bug')
})

test('no finding prints a password or a token', () => {
  const secret = 'hunter2'
  const manifests = [
    createManifest({ dependencies: { a: `https://u:${secret}@npm.jsr.io/a.tgz?t=${secret}` } }),
  ]
  const urls = [
    `https://u:${secret}@npm.jsr.io/@jsr/a__a`,
    `https://u:${secret}@npm.corp.example/@jsr/a__a`,
    `https://evil.example/@jsr/a__a?token=${secret}`,
  ]
  const packages = [
    ...urls.map((url) => createLocked({ source: remote(url), integrity: [] })),
    createLocked({ source: { type: 'git', url: `git+https://u:${secret}@git.example/a` } }),
    createLocked({ source: { type: 'unknown', text: `ftp://u:${secret}@files.example/a` } }),
    createLocked({ integrity: [sha1] }),
  ]
  const findings = evaluateContext(createLockedContext(packages, { manifests }), {})
  expect(findings.length).toBeGreaterThan(8)
  expect(JSON.stringify(findings)).not.toContain(secret)
})

test('twenty thousand packages are judged in linear time', () => {
  const packages = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      createLocked({ name: at % 50 === 0 ? `@jsr/a__b${at}` : `pkg-${at}` }),
    )
  const manifests = [
    createManifest({
      dependencies: Object.fromEntries(
        Array.from({ length: 200 }, (_, at) => [`@jsr/a__b${at * 50}`, '*']),
      ),
    }),
  ]
  const measure = (count: number): number => {
    const context = createLockedContext(packages(count), { manifests })
    const { user } = process.cpuUsage()
    evaluateContext(context, {})
    return (process.cpuUsage().user - user) / 1000
  }
  measure(20_000)
  // Far above what it takes, far below what work that grows with the square would.
  expect(measure(20_000)).toBeLessThan(600)
})

describe('the lists', () => {
  const ids = Object.keys(ruleLevels) as RuleId[]

  test('every id has an explanation', () => {
    for (const id of ids) {
      const { summary, explanation } = explainRule(id)
      expect(summary, id).toMatch(/^[A-Z@].*\.$/)
      expect(explanation.split('\n\n').length, id).toBeGreaterThan(1)
      expect(explanation, id).not.toMatch(/[^\n]\n[^\n]/)
    }
  })

  test('every id is either checked or planned, once', () => {
    const known = [...rules.map(({ id }) => id), unusedIgnore.id, ...Object.keys(plannedRules)]
    expect(known.toSorted()).toEqual(ids.toSorted())
  })

  test('what is planned says so', () => {
    for (const { explanation } of Object.values(plannedRules)) {
      expect(explanation).toContain('This version')
      expect(explanation).toContain('planned')
    }
  })
})
