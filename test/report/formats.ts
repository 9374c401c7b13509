import { createHash } from 'node:crypto'
import { explainRule } from '../../src/policy/explanations.ts'
import type { RenderOptions, Report } from '../../src/report/report.ts'
import { makeFinding, makeReport } from './reports.ts'

export const options: RenderOptions = {
  hasColor: false,
  detail: 'normal',
  explain: explainRule,
  digest: (text) => createHash('sha256').update(text).digest('hex'),
}

/** Text that means something to each medium: terminals, runners, XML, Markdown, SARIF, JSON. */
export const hostile =
  '\u001B[31m\u202Ex\u0000]]>"\'&amp;<script>\r\n::error::x\n##vso[task.setvariable]%0A[a](https://evil.example) {0} | `b` @org \uD800 ,:\\'

/** A report in which every text that a project can bring in is hostile. */
export function makeHostileReport(): Report {
  return makeReport({
    root: `/projects/${hostile}`,
    registry: undefined,
    findings: [
      makeFinding({
        message: hostile,
        hint: hostile,
        file: hostile,
        package: hostile,
        version: hostile,
        excerpt: hostile,
        why: [hostile, hostile],
      }),
      makeFinding({
        severity: 'warning',
        message: hostile,
        file: `../${hostile}`,
        line: undefined,
      }),
    ],
    ignored: [{ ...makeFinding({ message: hostile }), reason: hostile, until: undefined }],
    skipped: [{ rule: 'unknown-source', reason: hostile }],
    projects: [
      {
        path: hostile,
        registry: undefined,
        error: {
          code: 'ERR_JSR_GUARD_MANIFEST',
          message: hostile,
          hint: hostile,
          file: hostile,
          line: 1,
        },
      },
    ],
  })
}

/** What no medium may be given as it is; a report's own line ends are no harm. */
export const harmful = /(?!\n)[\p{Cc}\u202E\u2028\u2029]/u
