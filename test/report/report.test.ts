import { expect, test } from 'vitest'
import { formatJson } from '../../src/report/json.ts'
import { reporters } from '../../src/report/reporters.ts'
import { options } from './formats.ts'
import { makeFinding, makePackage, makeReport } from './reports.ts'

test('findings come file by file and line by line', () => {
  const places = [
    ['package.json', 3],
    ['package-lock.json', 20],
    ['package-lock.json', undefined],
    ['package-lock.json', 3],
  ] as const
  const findings = places.map(([file, line]) => makeFinding({ file, line }))
  expect(makeReport({ findings }).findings.map(({ file, line }) => [file, line])).toEqual([
    ['package-lock.json', undefined],
    ['package-lock.json', 3],
    ['package-lock.json', 20],
    ['package.json', 3],
  ])
})

test('the summary counts what is there', () => {
  const report = makeReport({
    findings: [makeFinding(), makeFinding({ severity: 'warning' }), makeFinding()],
    ignored: [{ ...makeFinding(), reason: 'known', until: undefined }],
    packages: [makePackage(), makePackage({ alias: 'cases' })],
  })
  expect(report.summary).toEqual({ errors: 2, warnings: 1, ignored: 1, packages: 2 })
})

test('no credential and no signed query gets into a report, whatever prints it', () => {
  const url = 'https://user:hunter2@s3.example/a.tgz?X-Amz-Signature=hunter2'
  const report = makeReport({
    findings: [
      makeFinding({
        message: `it comes from ${url}`,
        hint: `leave ${url} out`,
        excerpt: url,
        why: [url, url],
      }),
    ],
    projects: [
      {
        path: '.',
        registry: undefined,
        error: {
          code: 'ERR_JSR_GUARD_MANIFEST',
          message: url,
          hint: url,
          file: undefined,
          line: undefined,
        },
      },
    ],
    ignored: [{ ...makeFinding({ message: url }), reason: url, until: undefined }],
    packages: [makePackage({ source: url, version: url })],
  })
  for (const render of Object.values(reporters)) {
    const text = render(report, { ...options, detail: 'verbose' })
    expect(text).toContain('s3.example/a.tgz')
    expect(text).not.toContain('hunter2')
  }
})

test('JSON has every field of the contract, null where nothing is known', () => {
  const report = makeReport({
    packages: [makePackage({ source: undefined, integrity: undefined, line: undefined })],
    findings: [makeFinding({ hint: undefined, package: undefined, version: undefined })],
    ignored: [{ ...makeFinding(), reason: 'known', until: '2027-01-31' }],
    skipped: [{ rule: 'not-served', reason: 'it needs the registry' }],
    hosts: [{ host: 'npm.corp.example', connections: 3, refused: 0 }],
  })
  expect(JSON.parse(formatJson(report))).toMatchInlineSnapshot(`
    {
      "clients": [
        {
          "name": "npm",
          "route": {
            "from": ".npmrc:1",
            "url": "https://npm.corp.example/npm/",
          },
          "version": "11.2.0",
        },
      ],
      "findings": [
        {
          "file": "package-lock.json",
          "hint": null,
          "line": 31,
          "message": "@jsr/luca__cases@1.0.1 is fetched from JSR",
          "package": null,
          "rule": "direct-resolution",
          "severity": "error",
          "version": null,
        },
      ],
      "hosts": [
        {
          "connections": 3,
          "host": "npm.corp.example",
          "refused": 0,
        },
      ],
      "ignored": [
        {
          "file": "package-lock.json",
          "hint": "lock it again",
          "line": 31,
          "message": "@jsr/luca__cases@1.0.1 is fetched from JSR",
          "package": "@jsr/luca__cases",
          "reason": "known",
          "rule": "direct-resolution",
          "severity": "error",
          "until": "2027-01-31",
          "version": "1.0.1",
        },
      ],
      "packages": [
        {
          "alias": "@luca/cases",
          "integrity": null,
          "jsr": "@luca/cases",
          "line": null,
          "lockfile": "package-lock.json",
          "name": "@jsr/luca__cases",
          "route": null,
          "source": null,
          "verdict": "private",
          "version": "1.0.1",
        },
      ],
      "projects": [
        {
          "error": null,
          "path": ".",
          "registry": "https://npm.corp.example/npm/",
        },
      ],
      "registry": "https://npm.corp.example/npm/",
      "root": "/project",
      "schemaVersion": 1,
      "skipped": [
        {
          "reason": "it needs the registry",
          "rule": "not-served",
        },
      ],
      "summary": {
        "errors": 1,
        "ignored": 1,
        "packages": 1,
        "warnings": 0,
      },
      "version": "1.2.3",
    }
  `)
})

test('JSON names no registry as null', () => {
  expect(JSON.parse(formatJson(makeReport({ registry: undefined })))).toMatchObject({
    registry: null,
  })
})
