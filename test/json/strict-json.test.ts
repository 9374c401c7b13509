import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { readStrictJson } from '../../src/json/strict-json.ts'

describe('what is read', () => {
  test.for([
    '{}',
    '[]',
    'null',
    '"a"',
    '12.5e3',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":[{"b":1},{"b":2}],"b":3}',
    '{"a:b":"c:d","{\\"a\\":1}":"}"}',
    '{"\\\\":1,"\\"":2,"\\\\\\"":3}',
    '{"__proto__":1,"constructor":2,"hasOwnProperty":3}',
    '{"0":1,"1":2,"01":3}',
    ' {\t"a"\r\n:\n1 } ',
    '{"a" :1,"b":":","c":"\\":","d":"x :"}',
  ])('%s is what JSON.parse gives', (text) => {
    expect(readStrictJson(text).value).toEqual(JSON.parse(text))
  })

  test('a byte order mark is passed over, as npm does', () => {
    expect(readStrictJson('\uFEFF{"a":1}').value).toEqual({ a: 1 })
  })

  test('keys of Object.prototype are keys like any other', () => {
    const { value } = readStrictJson('{"__proto__":{"polluted":true}}')
    expect(Object.keys(value ?? {})).toEqual(['__proto__'])
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })

  test('nesting as deep as JSON.parse takes it does not overflow the stack', () => {
    const depth = 20_000
    const text = `${'['.repeat(depth)}{"a":1}${']'.repeat(depth)}`
    expect(() => readStrictJson(text)).not.toThrow()
  })
})

describe('what is refused', () => {
  test.for([
    { text: '', line: undefined },
    { text: '{', line: undefined },
    { text: '{"a":1,}', line: 1 },
    { text: '{\n"a": 1,\n}', line: 3 },
    { text: '{"a":1} trailing', line: 1 },
    { text: '// a comment\n{}', line: 1 },
    { text: '{"a":1}\n{"b":2}', line: 2 },
    { text: '\uFEFF\uFEFF{}', line: undefined },
    { text: "{'a':1}", line: 1 },
    { text: '{"a":\u00a01}', line: undefined },
    { text: '\u0000', line: undefined },
  ])('$text is no JSON', ({ text, line }) => {
    const error = catchError(text)
    expect(error.code).toBe('ERR_JSR_GUARD_JSON_SYNTAX')
    expect(error.message).toBe('is not valid JSON')
    // Node names the place of some mistakes only.
    if (error.line !== undefined) expect(error.line).toBe(line ?? 1)
  })

  test.for([
    { text: '{"a":1,"a":1}', key: '"a"', line: 1 },
    { text: '{\n  "a": 1,\n  "b": 2,\n  "a": 3\n}', key: '"a"', line: 4 },
    { text: '{\n  "a": 1,\n  "\\u0061": 2\n}', key: '"\\u0061"', line: 3 },
    { text: '{"x":{"y":[{"a":{},\n"a":{}}]}}', key: '"a"', line: 2 },
    { text: '{"a":{"deep":1,"deeper":{"b":1}},"a":0}', key: '"a"', line: 1 },
    { text: '{"__proto__":1,"__proto__":2}', key: '"__proto__"', line: 1 },
    { text: '{"1":1,"1":2}', key: '"1"', line: 1 },
    { text: '{"":1,"":2}', key: '""', line: 1 },
    { text: '{"a\\"":1,"a\\"":2}', key: '"a\\""', line: 1 },
    { text: '{"a":1,"a" :2}', key: '"a"', line: 1 },
    { text: '{"a":1,"a"\t\r\n:2}', key: '"a"', line: 1 },
    // What looks like one key too many must not make up for what looks like one too few.
    { text: '{"a":":","a" :1}', key: '"a"', line: 1 },
    { text: '{"a":"\\":","a"  :1,"b":"x :"}', key: '"a"', line: 1 },
  ])('$text has $key twice', ({ text, key, line }) => {
    const error = catchError(text)
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_JSON_SYNTAX', line })
    expect(error.message).toBe(`has the key ${key} twice in one object`)
    expect(error.hint).toBeDefined()
  })

  test.for([
    { text: '{\n<<<<<<< HEAD\n"a":1\n=======\n"a":2\n>>>>>>> main\n}', line: 2 },
    { text: '{\r\n<<<<<<< HEAD\r\n"a":1\r\n=======\r\n"a":2\r\n>>>>>>> main\r\n}', line: 2 },
    { text: '{\n"a":1\n=======\n}', line: 3 },
  ])('a merge conflict is named as one, at its line', ({ text, line }) => {
    const error = catchError(text)
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_JSON_SYNTAX', line })
    expect(error.message).toBe('holds a merge conflict')
  })

  test('text that looks like a conflict inside a string is none', () => {
    const text = JSON.stringify({ a: '\n<<<<<<< HEAD\n' })
    expect(readStrictJson(text).value).toEqual({ a: '\n<<<<<<< HEAD\n' })
  })

  test('a long key is cut in the message', () => {
    const key = 'k'.repeat(10_000)
    expect(catchError(`{"${key}":1,"${key}":2}`).message.length).toBeLessThan(200)
  })
})

describe('lines', () => {
  const text = `{
  "name": "p",
  "packages": {
    "": { "name": "p" },

    "node_modules/a": {
      "version": "1.0.0"
    },
    "\\u0062": {} },
  "list": [
    { "c": 1 }
  ]
}`
  test.for([
    { path: ['name'], line: 2 },
    { path: ['packages'], line: 3 },
    { path: ['packages', ''], line: 4 },
    { path: ['packages', 'node_modules/a'], line: 6 },
    { path: ['packages', 'b'], line: 9 },
    { path: ['list'], line: 10 },
    { path: ['version'], line: undefined },
    { path: ['packages', 'version'], line: undefined },
    { path: ['list', 'c'], line: undefined },
    { path: ['name', 'packages'], line: undefined },
  ] as const)('$path stands on line $line', ({ path: [key, innerKey], line }) => {
    expect(readStrictJson(text).lineOf(key, innerKey)).toBe(line)
  })
})

/** A JSON document as it is written, in which a key may stand twice. */
type Written =
  | { readonly type: 'leaf'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly Written[] }
  | { readonly type: 'object'; readonly members: ReadonlyArray<readonly [string, Written]> }

const blank = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t', '  \n  ')
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'A', '', '\\', '"', ':', '{', '}', '__proto__', '1', 'é', '\n'),
  fc.string(),
)
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      type: fc.constant('leaf' as const),
      text: fc.oneof(
        fc.constantFrom('null', 'true', '-1.5e3'),
        fc.string().map((text) => JSON.stringify(text)),
      ),
    }),
    fc.record({
      type: fc.constant('list' as const),
      items: fc.array(tie('written'), { maxLength: 4 }),
    }),
    fc.record({
      type: fc.constant('object' as const),
      members: fc.array(fc.tuple(key, tie('written')), { maxLength: 5 }),
    }),
  ),
}))

describe('for every document', () => {
  test('it is read exactly where no key stands twice, and then as JSON.parse reads it', () => {
    fc.assert(
      fc.property(
        written,
        fc.infiniteStream(blank),
        fc.boolean(),
        (document, blanks, isEscaped) => {
          const text = write(document, { blanks, isEscaped, lines: [] })
          if (hasTwice(document)) expect(catchError(text).line).toBeGreaterThan(0)
          else expect(readStrictJson(text).value).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  test('the upper keys stand on the lines they were written on', () => {
    fc.assert(
      fc.property(
        written,
        fc.infiniteStream(blank),
        fc.boolean(),
        (document, blanks, isEscaped) => {
          fc.pre(document.type === 'object' && !hasTwice(document))
          const lines: WrittenLine[] = []
          const { lineOf } = readStrictJson(write(document, { blanks, isEscaped, lines }))
          for (const { path, line } of lines) {
            const [outer = '', inner] = path
            expect(lineOf(outer, inner)).toBe(line)
          }
        },
      ),
    )
  })

  test('text of any kind is read as JSON.parse reads it, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.json()), (text) => {
        const expected = tryParse(text)
        if (expected === undefined) expect(catchError(text).line ?? 1).toBeGreaterThan(0)
        else expect(readStrictJson(text).value).toEqual(expected.value)
      }),
    )
  })
})

interface Pen {
  readonly blanks: Iterator<string>
  /** Whether keys are written with escapes that they don't need. */
  readonly isEscaped: boolean
  /** Filled with the line of each upper key. */
  readonly lines: WrittenLine[]
}

interface WrittenLine {
  readonly path: readonly string[]
  readonly line: number
}

function write(document: Written, pen: Pen): string {
  let text = ''
  const put = (part: string): void => {
    text += part + String(pen.blanks.next().value ?? '')
  }
  const putAll = (value: Written, path: readonly string[]): void => {
    if (value.type === 'leaf') put(value.text)
    else if (value.type === 'list') {
      put('[')
      value.items.forEach((item, at) => {
        if (at > 0) put(',')
        // What is in a list lies too deep to have a line.
        putAll(item, ['', '', ''])
      })
      put(']')
    } else {
      put('{')
      value.members.forEach(([name, member], at) => {
        if (at > 0) put(',')
        const inner = [...path, name]
        if (inner.length <= 2) pen.lines.push({ path: inner, line: text.split('\n').length })
        put(writeKey(name, pen.isEscaped))
        put(':')
        putAll(member, inner)
      })
      put('}')
    }
  }
  put('')
  putAll(document, [])
  return text
}

function writeKey(name: string, isEscaped: boolean): string {
  if (!isEscaped) return JSON.stringify(name)
  const units = Array.from({ length: name.length }, (_, at) => name.charCodeAt(at))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`
}

function hasTwice(document: Written): boolean {
  if (document.type === 'leaf') return false
  if (document.type === 'list') return document.items.some(hasTwice)
  const names = document.members.map(([name]) => name)
  return (
    new Set(names).size < names.length || document.members.some(([, member]) => hasTwice(member))
  )
}

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch {
    return undefined
  }
}

function catchError(text: string): JsrGuardError {
  try {
    readStrictJson(text)
  } catch (error) {
    if (error instanceof JsrGuardError) return error
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(text)}`)
}
