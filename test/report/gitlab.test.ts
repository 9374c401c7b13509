import { expect, test } from 'vitest'
import { formatGitlab } from '../../src/report/gitlab.ts'
import { harmful, makeHostileReport, options } from './formats.ts'
import { makeFinding, makeReport } from './reports.ts'

interface Issue {
  readonly fingerprint: string
  readonly description: string
}

function format(report = makeReport()): readonly Issue[] {
  return JSON.parse(formatGitlab(report, options)) as readonly Issue[]
}

test('a report without findings is an empty list', () => {
  expect(formatGitlab(makeReport(), options)).toBe('[]\n')
})

test('each finding is an issue with the fields that GitLab asks for', () => {
  const findings = [
    makeFinding(),
    makeFinding({ rule: 'unmapped-scope', severity: 'warning', file: '.npmrc', line: undefined }),
  ]
  const issues = format(makeReport({ findings }))
  expect(issues).toMatchObject([
    {
      check_name: 'unmapped-scope',
      severity: 'minor',
      location: { path: '.npmrc', lines: { begin: 1 } },
    },
    {
      description: '@jsr/luca__cases@1.0.1 is fetched from JSR (hint: lock it again)',
      check_name: 'direct-resolution',
      severity: 'critical',
      location: { path: 'package-lock.json', lines: { begin: 31 } },
    },
  ])
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(2)
})

test('a fingerprint stays when the line moves', () => {
  const [at31] = format(makeReport({ findings: [makeFinding()] }))
  const [at40] = format(makeReport({ findings: [makeFinding({ line: 40 })] }))
  expect(at40?.fingerprint).toBe(at31?.fingerprint)
})

test('a project that could not be judged is an issue', () => {
  const error = {
    code: 'ERR_JSR_GUARD_MANIFEST' as const,
    message: 'bad',
    hint: undefined,
    file: undefined,
    line: undefined,
  }
  const projects = [{ path: 'apps/a', registry: undefined, error }]
  expect(format(makeReport({ projects }))).toMatchObject([
    {
      severity: 'blocker',
      check_name: 'ERR_JSR_GUARD_MANIFEST',
      location: { path: 'apps/a', lines: { begin: 1 } },
    },
  ])
})

test('hostile text is no control character in JSON, and none in what GitLab shows', () => {
  expect(formatGitlab(makeHostileReport(), options)).not.toMatch(harmful)
  for (const { description } of format(makeHostileReport()))
    expect(description).not.toMatch(harmful)
})
