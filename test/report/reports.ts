import type { Finding } from '../../src/finding.ts'
import {
  createReport,
  type Report,
  type ReportContent,
  type ReportedPackage,
} from '../../src/report/report.ts'

/** A report of a project in which all is well, with some fields changed. */
export function makeReport(content: Partial<ReportContent> = {}): Report {
  return createReport({
    version: '1.2.3',
    root: '/project',
    registry: 'https://npm.corp.example/npm/',
    clients: [
      {
        name: 'npm',
        version: '11.2.0',
        route: { url: 'https://npm.corp.example/npm/', from: '.npmrc:1' },
      },
    ],
    packages: [makePackage()],
    findings: [],
    ignored: [],
    skipped: [],
    hosts: [],
    ...content,
  })
}

export function makePackage(fields: Partial<ReportedPackage> = {}): ReportedPackage {
  return {
    alias: '@luca/cases',
    name: '@jsr/luca__cases',
    jsr: '@luca/cases',
    version: '1.0.1',
    source: 'https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
    route: undefined,
    integrity: 'sha512-YQ==',
    lockfile: 'package-lock.json',
    line: 31,
    verdict: 'private',
    ...fields,
  }
}

export function makeFinding(fields: Partial<Finding> = {}): Finding {
  return {
    rule: 'direct-resolution',
    severity: 'error',
    message: '@jsr/luca__cases@1.0.1 is fetched from JSR',
    hint: 'lock it again',
    file: 'package-lock.json',
    line: 31,
    package: '@jsr/luca__cases',
    version: '1.0.1',
    ...fields,
  }
}
