import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import {
  readStrictSyml,
  type SymlEntry,
  type SymlFields,
  type SymlScalar,
  type SymlScalars,
} from '../../src/syml/strict-syml.ts'

/** Keys and values of a line, by patterns: what the reader takes sign by sign. */
const bare = String.raw`(?![tT][rR][uU][eE]|[fF][aA][lL][sS][eE])[a-zA-Z/.-][^"\\ :,\n]*`
// oxlint-disable-next-line no-control-regex -- those that no string may hold.
const quoted = String.raw`"[^"\\\u0000-\u001f]*"`
const key = `(?:${bare}|(?!"")${quoted})`
const linePattern = new RegExp(
  String.raw`^(?<indent>| {2}| {4})(?<keys>${key}(?:, ${key})*)(?::|:? (?<value>${quoted}|\d+|true|false|${bare}))$`,
)

type Level = ReadonlyArray<readonly [key: string, value: SymlScalar | Level]>

/** A slow reader of the format; `undefined` for what it refuses. */
function readByPattern(text: string): Level | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => linePattern.exec(line)?.groups)
  if (lines.includes(undefined)) return undefined
  const at = { line: 0 }
  const level = readLevel(lines as ReadonlyArray<Record<string, string | undefined>>, at, 0)
  return at.line === lines.length ? level : undefined
}

function readLevel(
  lines: ReadonlyArray<Record<string, string | undefined>>,
  at: { line: number },
  indent: number,
): Level | undefined {
  const level: Array<[string, SymlScalar | Level]> = []
  for (; lines[at.line]?.['indent']?.length === indent;) {
    const { keys = '', value } = lines[at.line] ?? {}
    at.line += 1
    const inner = value === undefined ? readLevel(lines, at, indent + 2) : scalarOf(value)
    if (inner === undefined || (value === undefined && (inner as Level).length === 0))
      return undefined
    for (const [one] of keys.matchAll(new RegExp(key, 'g'))) {
      level.push([one.replace(/^"|"$/g, ''), inner])
    }
  }
  const names = level.map(([name]) => name)
  return new Set(names).size === names.length ? level : undefined
}

function scalarOf(text: string): SymlScalar {
  if (text.startsWith('"')) return text.slice(1, -1)
  if (/^\d+$/.test(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}

function tryRead(text: string): Level | undefined {
  try {
    return readStrictSyml(text).flatMap(({ keys, value }: SymlEntry) =>
      keys.map((name) => [name, levelOf(value)] as const),
    )
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

function levelOf(value: SymlScalar | SymlFields | SymlScalars): SymlScalar | Level {
  if (typeof value !== 'object') return value
  return value.map(({ key: name, value: inner }) => [name, levelOf(inner)] as const)
}

const token = fc.constantFrom(
  'a',
  'b',
  'version',
  'true',
  'trueish',
  'FALSE',
  'fs',
  'typescript',
  '1',
  '12',
  '1.0.0',
  '-x',
  '.y',
  '/z',
  '@s/n@^1',
  'a"b',
  'é',
  '',
  '"a"',
  '"b"',
  '""',
  '"1.0.0"',
  '"@s/n@^1, x:"',
  '"a\\b"',
  '"a\tb"',
  '"',
  'a\tb',
  'a\\b',
  'a#b',
)
const oddLine = fc
  .tuple(
    fc.constantFrom('', '', '  ', '  ', '    ', '    ', ' ', '      ', '\t'),
    fc.array(token, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(':', ':', ':', ' ', ' ', ' ', ': ', '  ', ''),
    fc.option(token, { nil: '' }),
    fc.constantFrom('', '', '', '', ' ', ' # x', '\r'),
  )
  .map(([indent, keys, divider, value, end]) => indent + keys.join(', ') + divider + value + end)
/** As Yarn writes them, but for the keys, of which the same may come twice. */
const block = fc
  .tuple(fc.constantFrom('a:', '"b@^1", b@^2:', 'c "1"\nd:', '"@s/e@^1":', '"f":'), token, token)
  .map(
    ([head, one, other]) =>
      `${head}\n  version "1"\n  ${one} ${other}\n  e:\n    f "g"\n    h true`,
  )
const line = fc.oneof(
  { weight: 6, arbitrary: block },
  { weight: 1, arbitrary: oddLine },
  { weight: 1, arbitrary: fc.constantFrom('', '#', '# x', ' # x', '  ', '  c d', '    f 12') },
)
const text = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom('\n', '\n', '\r\n', '\r'),
    fc.constantFrom('', '\n'),
  )
  .map(([mark, lines, feed, end]) => mark + lines.join('\n').replaceAll('\n', feed) + end)

test('whatever the text, it is read as by patterns, or refused by both', () => {
  let readable = 0
  fc.assert(
    fc.property(text, (source) => {
      const expected = readByPattern(source)
      expect(tryRead(source)).toEqual(expected)
      if (expected !== undefined && expected.length > 0) readable += 1
    }),
    { numRuns: 20_000, seed: 20_261_128 },
  )
  expect(readable).toBeGreaterThan(500)
})

describe('a key that stands twice', () => {
  const many = (count: number, ...more: readonly string[]): string =>
    ['a:', ...Array.from({ length: count }, (_, index) => `  k${index} "v"`), ...more, ''].join(
      '\n',
    )

  test.for([1, 7, 8, 9, 20])('is refused among %i keys', (count) => {
    expect(tryRead(many(count))).toHaveLength(1)
    expect(tryRead(many(count, `  k${count - 1} "w"`))).toBeUndefined()
    expect(tryRead(many(count, '  k0 "w"'))).toBeUndefined()
    expect(tryRead(many(count, '  x, x "w"'))).toBeUndefined()
  })

  test('takes no longer to find the more there are', () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}`)
    expect(tryRead(`${keys.join(', ')}:\n  version "1"\n`)).toHaveLength(50_000)
    expect(tryRead(many(50_000, '  k7 "w"'))).toBeUndefined()
  })
})
