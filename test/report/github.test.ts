import { expect, test } from 'vitest'
import { formatGithub } from '../../src/report/github.ts'
import { renderGithubSummary } from '../../src/report/github-summary.ts'
import { harmful, makeHostileReport } from './formats.ts'
import { makeFinding, makeReport } from './reports.ts'

const findings = [
  makeFinding({ rule: 'unmapped-scope', severity: 'warning', file: '.npmrc', hint: undefined }),
  makeFinding({ why: ['package.json', 'a@1.0.0', '@jsr/luca__cases@1.0.1'] }),
  makeFinding({ file: 'packages/a, b: c/package-lock.json', line: undefined, message: '100%' }),
]

test('findings become annotations, errors first', () => {
  expect(formatGithub(makeReport({ findings }))).toMatchInlineSnapshot(`
    "::error file=package-lock.json,line=31,title=jsr-guard%3A direct-resolution::@jsr/luca__cases@1.0.1 is fetched from JSR%0Abrought in by package.json > a@1.0.0 > @jsr/luca__cases@1.0.1%0Ahint: lock it again
    ::error file=packages/a%2C b%3A c/package-lock.json,title=jsr-guard%3A direct-resolution::100%25%0Ahint: lock it again
    ::warning file=.npmrc,line=31,title=jsr-guard%3A unmapped-scope::@jsr/luca__cases@1.0.1 is fetched from JSR
    jsr-guard: 2 errors, 1 warnings, 0 ignored, 1 @jsr packages
    "
  `)
})

test('the summary is a table, errors first, with what is ignored below', () => {
  const ignored = [{ ...makeFinding(), reason: 'known', until: '2027-01-31' }]
  expect(renderGithubSummary(makeReport({ findings, ignored }))).toMatchInlineSnapshot(`
    "## jsr-guard

    2 errors, 1 warnings, 1 ignored; 1 &#64;jsr packages locked

    |  | rule | place | message |
    | --- | --- | --- | --- |
    | <code>error</code> | <code>direct-resolution</code> | <code>package-lock&#46;json&#58;31</code> | <code>&#64;jsr&#47;luca&#95;&#95;cases&#64;1&#46;0&#46;1 is fetched from JSR</code> |
    | <code>error</code> | <code>direct-resolution</code> | <code>packages&#47;a, b&#58; c&#47;package-lock&#46;json</code> | <code>100&#37;</code> |
    | <code>warning</code> | <code>unmapped-scope</code> | <code>&#46;npmrc&#58;31</code> | <code>&#64;jsr&#47;luca&#95;&#95;cases&#64;1&#46;0&#46;1 is fetched from JSR</code> |

    | ignored | place | reason | until |
    | --- | --- | --- | --- |
    | <code>direct-resolution</code> | <code>package-lock&#46;json&#58;31</code> | <code>known</code> | <code>2027-01-31</code> |

    "
  `)
})

test('no text starts a command, a property or a line of its own', () => {
  const text = formatGithub(makeHostileReport())
  expect(text).not.toMatch(harmful)
  expect(text).not.toContain('##vso[')
  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  for (const line of lines.slice(0, 3)) {
    const [, name, properties = ''] = /^::(\w+) (.*?)::/.exec(line) ?? []
    expect(name).toMatch(/^(?:error|warning)$/)
    const keys = properties.split(',').map((property) => property.split('=')[0])
    expect(keys.filter((key) => key !== 'line')).toEqual(['file', 'title'])
  }
})

test('no text is markup, a link, a mention or a cell in the summary', () => {
  const text = renderGithubSummary(makeHostileReport())
  expect(text).not.toMatch(harmful)
  expect(text.replaceAll(/<\/?code>/g, '')).not.toMatch(/<|`|\]\(|@|:\/\/|www\./)
  for (const row of text.split('\n').filter((line) => line.startsWith('|'))) {
    expect(row.match(/\|/g)).toHaveLength(5)
  }
})

test('a long summary is cut, and says so', () => {
  const many = Array.from({ length: 500 }, () =>
    makeFinding({ message: '|'.repeat(500), file: '|'.repeat(500) }),
  )
  const text = renderGithubSummary(makeReport({ findings: many }))
  expect(text).toContain('… and 400 more')
  expect(text.length).toBeLessThan(1024 * 1024)
})
