import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { editValues } from '../../src/manifest/edit.ts'
import { readPackageJson } from '../../src/manifest/package-json.ts'

test.for([
  ['two spaces', '{\n  "dependencies": {\n    "a": "1",\n    "b": "2"\n  }\n}\n'],
  ['tabs', '{\n\t"dependencies": {\n\t\t"b": "1",\n\t\t"a": "2"\n\t}\n}\n'],
  ['one line, no newline at the end', '{"dependencies":{"a":"1","b":"2"}}'],
  ['carriage returns', '{\r\n  "dependencies": {\r\n    "a": "1" , "b" :"2"\r\n  }\r\n}\r\n'],
  ['a byte order mark', '\uFEFF{ "dependencies": { "a": "1", "b": "2" } }\n\n'],
  [
    'escapes in other values',
    '{ "dependencies": { "\\u0061": "1", "b": "2" }, "é": "\\u00e9\\/" }',
  ],
])('values are replaced in a text with %s, and nothing else is', ([, text = '']) => {
  const edits = readPackageJson(text, 'package.json').dependencies.map((dependency) => ({
    ...dependency,
    value: `"${dependency.specifier}\\`,
  }))
  const expected = text.replace('"1"', String.raw`"\"1\\"`).replace('"2"', String.raw`"\"2\\"`)
  expect(editValues(text, edits.toReversed())).toBe(expected)
})

test('no edits leave any text as it is', () => {
  fc.assert(fc.property(fc.string(), (text) => editValues(text, []) === text))
})
