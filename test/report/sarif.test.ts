import { readFile } from 'node:fs/promises'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect, test } from 'vitest'
import { ruleLevels } from '../../src/finding.ts'
import type { Report } from '../../src/report/report.ts'
import { formatSarif } from '../../src/report/sarif.ts'
import { harmful, hostile, makeHostileReport, options } from './formats.ts'
import { makeFinding, makeReport } from './reports.ts'

/** The schema that GitHub validates uploads with, as the schema store has it. */
const schemaFile = new URL('../fixtures/sarif/sarif-2.1.0-rtm.5.json', import.meta.url)
const validate = await loadSchema()

/** It says draft 4, of which it uses what draft 7 has too, but for the name of its own address. */
async function loadSchema(): Promise<ValidateFunction> {
  const { $schema, id, ...schema } = JSON.parse(await readFile(schemaFile, 'utf8'))
  expect({ $schema, id }).toMatchObject({ $schema: 'http://json-schema.org/draft-04/schema#' })
  expect(JSON.stringify(schema)).not.toContain('"exclusiveMinimum"')
  return new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
    unicodeRegExp: false,
  }).compile(schema)
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly SarifRule[] } }
      readonly results: ReadonlyArray<{
        readonly ruleId: string
        readonly ruleIndex: number
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations: ReadonlyArray<{
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
            readonly region?: { readonly startLine: number }
          }
        }>
        readonly partialFingerprints: Readonly<Record<string, string>>
      }>
      readonly invocations: ReadonlyArray<{
        readonly executionSuccessful: boolean
        readonly toolExecutionNotifications: readonly unknown[]
      }>
      readonly originalUriBaseIds: Readonly<Record<string, { readonly uri?: string }>>
    },
  ]
}

interface SarifRule {
  readonly id: string
  readonly helpUri: string
  readonly help: { readonly text: string }
  readonly shortDescription: { readonly text: string }
}

function format(report: Report): Sarif {
  const sarif: Sarif = JSON.parse(formatSarif(report, options))
  expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true)
  return sarif
}

function fingerprints(report: Report): string[] {
  return format(report).runs[0].results.map(
    ({ partialFingerprints }) => partialFingerprints['jsrGuardFinding/v1'] ?? '',
  )
}

test('the schema refuses what is no SARIF', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false)
})

test('a report without findings is valid, and describes every rule', () => {
  const [{ tool, results, invocations }] = format(makeReport()).runs
  expect(results).toEqual([])
  expect(invocations).toMatchObject([{ executionSuccessful: true }])
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(ruleLevels))
  for (const { help, helpUri, shortDescription } of tool.driver.rules) {
    expect(help.text.length).toBeGreaterThan(100)
    expect(shortDescription.text).toMatch(/\.$/)
    expect(new URL(helpUri).protocol).toBe('https:')
  }
  expect(new Set(tool.driver.rules.map(({ helpUri }) => helpUri)).size).toBe(
    tool.driver.rules.length,
  )
})

test('each finding is one result, with its rule, level and place', () => {
  const report = makeReport({
    findings: [
      makeFinding(),
      makeFinding({ rule: 'unmapped-scope', severity: 'warning', file: '~/.npmrc', line: 3 }),
      makeFinding({ rule: 'guard-bypassed', file: 'a b/ü#?.json', line: undefined }),
      makeFinding({ rule: 'direct-route', file: '/etc/npmrc', line: undefined }),
    ],
  })
  const [{ results, tool }] = format(report).runs
  expect(results).toHaveLength(4)
  for (const { ruleId, ruleIndex } of results) {
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  }
  const places = results.map(({ locations: [location] }) => location?.physicalLocation)
  expect(places).toMatchObject([
    { artifactLocation: { uri: 'file:///etc/npmrc' } },
    { artifactLocation: { uri: 'a%20b/%C3%BC%23%3F.json', uriBaseId: '%SRCROOT%' } },
    {
      artifactLocation: { uri: 'package-lock.json', uriBaseId: '%SRCROOT%' },
      region: { startLine: 31 },
    },
    { artifactLocation: { uri: '.npmrc', uriBaseId: 'HOME' }, region: { startLine: 3 } },
  ])
})

test('what the policy ignores is no result, and is not lost', () => {
  const ignored = [{ ...makeFinding(), reason: 'known', until: undefined }]
  const sarif = format(makeReport({ ignored }))
  expect(sarif.runs[0].results).toEqual([])
  expect(sarif.runs[0]).toMatchObject({ properties: { ignored: [{ reason: 'known' }] } })
})

test('what was not judged, and a project that could not be, are notifications', () => {
  const error = {
    code: 'ERR_JSR_GUARD_MANIFEST' as const,
    message: 'bad',
    hint: undefined,
    file: undefined,
    line: undefined,
  }
  const report = makeReport({
    skipped: [{ rule: 'too-new', reason: 'it needs the registry' }],
    projects: [{ path: 'apps/a', registry: undefined, error }],
  })
  expect(format(report).runs[0].invocations).toMatchObject([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: 'apps/a: ERR_JSR_GUARD_MANIFEST: bad' } },
        { level: 'note', associatedRule: { id: 'too-new' } },
      ],
    },
  ])
})

test('a fingerprint survives when lines move, and tells findings apart', () => {
  const findings = [
    makeFinding({ line: 10 }),
    makeFinding({ line: 20 }),
    makeFinding({ line: 30, version: '1.0.2' }),
    makeFinding({ line: 40, rule: 'missing-integrity' }),
    makeFinding({ line: 50, package: undefined, message: 'asks https://a.example/ (.npmrc:1)' }),
    makeFinding({ line: 60, package: undefined, message: 'asks https://b.example/ (.npmrc:1)' }),
  ]
  const before = fingerprints(makeReport({ findings }))
  const moved = findings.map((finding) => ({
    ...finding,
    line: (finding.line ?? 0) + 7,
    message: finding.message.replace('.npmrc:1', '.npmrc:8'),
  }))
  expect(new Set(before).size).toBe(findings.length)
  expect(fingerprints(makeReport({ findings: moved }))).toEqual(before)
})

test('hostile text is no control character, link or placeholder, and the log stays valid', () => {
  const text = formatSarif(makeHostileReport(), options)
  expect(text).not.toMatch(harmful)
  expect(text).not.toContain('##vso[')
  const { results, originalUriBaseIds } = format(makeHostileReport()).runs[0]
  for (const { message, locations } of results) {
    expect(message.text).not.toMatch(/(?<!\\)\[[^\]]*\]\(/)
    expect(message.text).not.toMatch(/(?<!\{)\{\d+\}/)
    const { uri } = locations[0]?.physicalLocation.artifactLocation ?? { uri: '' }
    expect(URL.canParse(uri, 'file:///project/')).toBe(true)
    expect(decodeURIComponent(uri)).toContain(hostile.slice(0, 10))
  }
  expect(URL.canParse(originalUriBaseIds['%SRCROOT%']?.uri ?? '')).toBe(true)
})
