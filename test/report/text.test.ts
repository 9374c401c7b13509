import { describe, expect, test } from 'vitest'
import { renderText } from '../../src/report/text.ts'
import { makeFinding, makePackage, makeReport } from './reports.ts'

const plain = { hasColor: false, detail: 'normal' } as const

test('a good project gets its packages, its route and a summary', () => {
  expect(renderText(makeReport(), plain)).toMatchInlineSnapshot(`
    "package-lock.json locks
      private @luca/cases 1.0.1  https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz

    npm 11.2.0 asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr

    0 errors, 0 warnings; 1 @jsr package locked: 1 private
    "
  `)
})

test('findings come with their place, message and hint, and the summary last', () => {
  const report = makeReport({
    findings: [
      makeFinding(),
      makeFinding({ rule: 'unmapped-scope', severity: 'warning', file: '.npmrc', line: undefined }),
    ],
    ignored: [
      { ...makeFinding({ rule: 'missing-integrity' }), reason: 'known', until: '2027-01-31' },
    ],
    packages: [
      makePackage({ source: 'https://npm.jsr.io/~/11/a.tgz', verdict: 'direct' }),
      makePackage({
        alias: 'cases',
        source: undefined,
        route: { url: 'https://npm.corp.example/npm/', from: '.npmrc:1' },
      }),
      makePackage({ version: undefined, source: undefined, verdict: 'unknown' }),
    ],
    skipped: [
      { rule: 'not-served', reason: 'it needs the registry' },
      { rule: 'too-new', reason: 'it needs the registry' },
    ],
    hosts: [
      { host: 'npm.corp.example', connections: 1, refused: 0 },
      { host: 'npm.jsr.io', connections: 0, refused: 1200 },
    ],
  })
  expect(renderText(report, plain)).toMatchInlineSnapshot(`
    "warning[unmapped-scope] .npmrc
      @jsr/luca__cases@1.0.1 is fetched from JSR
      hint: lock it again

    error[direct-resolution] package-lock.json:31
      @jsr/luca__cases@1.0.1 is fetched from JSR
      hint: lock it again

    ignored[missing-integrity] package-lock.json:31
      @jsr/luca__cases@1.0.1 is fetched from JSR
      reason: known (until 2027-01-31)

    package-lock.json locks
      direct  @luca/cases 1.0.1  https://npm.jsr.io/~/11/a.tgz
      private cases = @jsr/luca__cases 1.0.1  judged from the route https://npm.corp.example/npm/ (.npmrc:1)
      unknown @luca/cases of no version  of no source

    npm 11.2.0 asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr

    not judged
      not-served, too-new: it needs the registry

    hosts that were asked
      npm.corp.example: 1 connection
      npm.jsr.io: 0 connections, 1,200 refused

    1 error, 1 warning, 1 ignored; 3 @jsr packages locked: 1 private, 1 direct, 1 unknown
    "
  `)
})

describe('many findings of one rule in one file', () => {
  const findings = [
    ...Array.from({ length: 1278 }, (_, index) => makeFinding({ line: index + 1 })),
    makeFinding({ rule: 'missing-integrity' }),
  ]

  test('are cut short, and the others are not', () => {
    const text = renderText(makeReport({ findings }), plain)
    expect(text.match(/^error\[direct-resolution\]/gm)).toHaveLength(10)
    expect(text.match(/^error\[missing-integrity\]/gm)).toHaveLength(1)
    expect(text).toContain(
      '\n… and 1,268 more direct-resolution in package-lock.json (--verbose shows them all)\n',
    )
    expect(text).toContain('\n1,279 errors, 0 warnings; ')
  })

  test('are all there with --verbose', () => {
    const text = renderText(makeReport({ findings }), { hasColor: false, detail: 'verbose' })
    expect(text.match(/^error\[direct-resolution\]/gm)).toHaveLength(1278)
  })

  test('have their common hint once', () => {
    expect(renderText(makeReport({ findings }), plain).match(/hint:/g)).toHaveLength(2)
  })
})

describe('--quiet', () => {
  const quiet = { hasColor: false, detail: 'quiet' } as const

  test('says nothing where there are no errors', () => {
    expect(
      renderText(makeReport({ findings: [makeFinding({ severity: 'warning' })] }), quiet),
    ).toBe('')
  })

  test('says errors only', () => {
    const findings = [makeFinding(), makeFinding({ severity: 'warning' })]
    expect(renderText(makeReport({ findings }), quiet)).toMatchInlineSnapshot(`
      "error[direct-resolution] package-lock.json:31
        @jsr/luca__cases@1.0.1 is fetched from JSR
        hint: lock it again

      1 error, 1 warning; 1 @jsr package locked: 1 private
      "
    `)
  })
})

test('colours go round our words, never round foreign ones', () => {
  const text = renderText(makeReport({ findings: [makeFinding()] }), {
    hasColor: true,
    detail: 'normal',
  })
  expect(text).toContain('\u001B[31merror[direct-resolution]\u001B[39m package-lock.json:31\n')
})

/** Texts that would do something if they reached a terminal or a CI runner. */
const hostile = [
  '\u001B[2J\u001B[31mred',
  '\u009B2J',
  'a\u202Egpj.exe',
  'a\r\n::error::pwned',
  '::error::pwned',
  '\u2003::error::pwned',
  '##[error]pwned',
  '##vso[task.setvariable variable=a]b',
  "##teamcity[message text='a']",
  'a\n0 errors, 0 warnings; no @jsr packages locked',
]

test.for(hostile)('%j in any field reaches nothing', (text) => {
  const fields = { message: text, hint: text, file: text, package: text, version: text }
  const route = { url: text, from: text }
  const report = makeReport({
    registry: text,
    clients: [{ name: text, version: text, route }],
    packages: [
      makePackage({ alias: text, name: text, version: text, source: text, lockfile: text }),
      makePackage({ route, lockfile: text }),
    ],
    findings: Array.from({ length: 12 }, () => makeFinding(fields)),
    ignored: [{ ...makeFinding(fields), reason: text, until: text }],
    skipped: [{ rule: 'not-served', reason: text }],
    hosts: [{ host: text, connections: 1, refused: 1 }],
  })
  const rendered = renderText(report, plain)
  expect(rendered.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
  const lines = rendered.split('\n')
  expect(lines.filter((line) => line.trimStart().startsWith('::'))).toEqual([])
  expect(lines.filter((line) => /##\w*\[/.test(line))).toEqual([])
  expect(lines.filter((line) => /^\d+ errors/.test(line))).toHaveLength(1)
})
