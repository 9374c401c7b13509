import { expect, test } from 'vitest'
import { ruleLevels } from '../../src/finding.ts'
import { formatJunit } from '../../src/report/junit.ts'
import { harmful, makeHostileReport } from './formats.ts'
import { makeFinding, makeReport } from './reports.ts'

const token =
  /<\?xml version="1\.0" encoding="UTF-8"\?>|<(\/?)([a-z-]+)((?: [a-z]+="(?:[^"<&]|&#\d+;)*")*)(\/?)>|(?:[^<>&]|&#\d+;)+/gy

/** The elements in order of their start, each with its attributes; fails on what is no well-formed XML. */
function parseXml(text: string): ReadonlyArray<{ name: string; attributes: string }> {
  const elements: Array<{ name: string; attributes: string }> = []
  const open: string[] = []
  let end = 0
  for (const match of text.matchAll(token)) {
    expect(match.index).toBe(end)
    end += match[0].length
    const [, slash, name, attributes = '', isEmpty] = match
    if (name === undefined) continue
    if (slash === '/') expect(open.pop()).toBe(name)
    else {
      elements.push({ name, attributes })
      if (isEmpty !== '/') open.push(name)
    }
  }
  expect({ end, open }).toEqual({ end: text.length, open: [] })
  return elements
}

test('the parser of this test refuses what is not well-formed', () => {
  for (const text of ['<a>', '<a b="<"/>', '<a>&</a>', '<a></b>', '<a b=c/>']) {
    expect(() => parseXml(text)).toThrow()
  }
})

test('errors fail, warnings pass and speak, rules without findings pass, others are skipped', () => {
  const report = makeReport({
    findings: [
      makeFinding(),
      makeFinding({ rule: 'unmapped-scope', severity: 'warning', package: undefined }),
    ],
    skipped: [{ rule: 'too-new', reason: 'it needs the registry' }],
  })
  const text = formatJunit(report)
  const elements = parseXml(text)
  const count = (name: string): number => elements.filter((each) => each.name === name).length
  expect(count('testcase')).toBe(Object.keys(ruleLevels).length)
  expect([count('failure'), count('system-out'), count('skipped')]).toEqual([1, 1, 1])
  expect(text.split('\n').slice(0, 6).join('\n')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="jsr-guard" tests="27" failures="1" errors="0" skipped="1">
      <testsuite name="jsr-guard" tests="27" failures="1" errors="0" skipped="1">
        <testcase classname="package-lock.json" name="direct-resolution @jsr/luca__cases@1.0.1 package-lock.json:31"><failure type="direct-resolution" message="@jsr/luca__cases@1.0.1 is fetched from JSR">@jsr/luca__cases@1.0.1 is fetched from JSR
    hint: lock it again</failure></testcase>
        <testcase classname="package-lock.json" name="unmapped-scope package-lock.json:31"><system-out>@jsr/luca__cases@1.0.1 is fetched from JSR"
  `)
})

test('every finding is a test of its own', () => {
  const findings = Array.from({ length: 30 }, (_, index) => makeFinding({ line: index + 1 }))
  const text = formatJunit(makeReport({ findings }))
  expect(text).toContain('failures="30"')
  expect(parseXml(text).filter(({ name }) => name === 'failure')).toHaveLength(30)
})

test('hostile text ends no element, attribute or document', () => {
  const text = formatJunit(makeHostileReport())
  expect(text).not.toMatch(harmful)
  const names = new Set(parseXml(text).map(({ name }) => name))
  expect([...names].toSorted()).toEqual([
    'error',
    'failure',
    'skipped',
    'system-out',
    'testcase',
    'testsuite',
    'testsuites',
  ])
})
