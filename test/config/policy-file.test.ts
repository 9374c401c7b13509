import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { readManifestPolicy, readPolicy } from '../../src/config/policy-file.ts'
import { JsrGuardError } from '../../src/errors.ts'
import { ruleLevels } from '../../src/finding.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'

const file = 'jsr-guard.json'

/** The error that reading ends with. */
function failureOf(
  text: string,
  read: (text: string, file: string) => unknown = readPolicy,
): JsrGuardError {
  try {
    read(text, file)
  } catch (error) {
    if (error instanceof JsrGuardError) return error
    throw error
  }
  throw new Error(`${text} was accepted`)
}

describe('readPolicy', () => {
  test('reads every key, with comments and trailing commas', () => {
    const text = `\uFEFF// Our policy
{
  "$schema": "./node_modules/jsr-guard/schema.json",
  "registry": "https://npm.corp.example/npm", /* the virtual one */
  "tarballs": ["https://*.corp-storage.example/",],
  "rules": { "unmapped-scope": "error", "weak-integrity": "off" },
}
`
    const policy = readPolicy(text, file)
    expect(policy.registry?.href).toBe('https://npm.corp.example/npm/')
    expect(policy.tarballs).toMatchObject([{ hostname: 'corp-storage.example', isWildcard: true }])
    expect(policy.levels).toEqual({ 'unmapped-scope': 'error', 'weak-integrity': 'off' })
  })

  test('an empty policy changes nothing', () => {
    expect(readPolicy('{}', file)).toEqual({ registry: undefined, tarballs: [], levels: {} })
  })

  test.for([
    [
      'a misspelled key',
      '{\n "regsitry": "https://npm.corp.example/"\n}',
      2,
      'did you mean "registry"?',
    ],
    ['a key like none', '{"colour": 1}', 1, 'one of: $schema, registry, tarballs, rules'],
    ['an inherited name', '{"__proto__": {}}', 1, 'one of: $schema, registry, tarballs, rules'],
    ['a misspelled rule', '{"rules": {\n"direct-rout": "off"}}', 2, 'did you mean "direct-route"?'],
    ['an inherited name as rule', '{"rules": {"constructor": "off"}}', 1, undefined],
    [
      'a misspelled level',
      '{"rules": {"direct-route":\n"warn"}}',
      2,
      'one of: error, warning, off',
    ],
    ['a level in upper case', '{"rules": {"direct-route": "Off"}}', 1, 'did you mean "off"?'],
    [
      'a key twice',
      '{"registry": "https://a.example/",\n"registry": "https://b.example/"}',
      2,
      undefined,
    ],
    ['a key twice, once escaped', '{"rules": {},\n"rule\\u0073": {}}', 2, undefined],
    ['a rule twice', '{"rules": {"too-new": "off",\n"too-new": "error"}}', 2, undefined],
    ['JSR as registry', '{"registry":\n"https://NPM.jsr.io./"}', 2, undefined],
    ['a user in the registry', '{"registry": "https://u:hunter2@npm.corp.example/"}', 1, undefined],
    ['an impossible registry', '{"registry": "https://[npm/"}', 1, undefined],
    ['a wildcard as registry', '{"registry": "https://*.corp.example/"}', 1, undefined],
    [
      'JSR as tarballs',
      '{"tarballs": ["https://a.example/",\n"https://npm.jsr.io/"]}',
      2,
      undefined,
    ],
    ['a wildcard over JSR', '{"tarballs": ["https://*.jsr.io/"]}', 1, undefined],
    ['a wildcard over everything', '{"tarballs": ["https://*.com/"]}', 1, undefined],
    ['one prefix without a list', '{"tarballs": "https://a.example/"}', 1, undefined],
    [
      'a planned key',
      '{\n"packages": {"deny": ["@evil/*"]}}',
      2,
      'take it out: it would not be applied',
    ],
    ['another planned key', '{"minimumAgeDays": 3}', 1, 'take it out: it would not be applied'],
    ['the third', '{"ignore": []}', 1, 'take it out: it would not be applied'],
    ['a list', '[]', 1, undefined],
    ['null', 'null', 1, undefined],
    ['nothing', '', 1, undefined],
    ['a comment alone', '// nothing', 1, undefined],
    ['text after the end', '{}\n{}', 2, undefined],
    ['broken JSON', '{"registry"\n', 2, undefined],
    ['a merge conflict', '{\n<<<<<<< ours\n}', 2, undefined],
    ['depth without end', '['.repeat(200_000), 1, undefined],
  ] as const)('refuses %s, with file, line and hint', ([, text, line, hint]) => {
    const failure = failureOf(text)
    expect(failure).toMatchObject({ code: 'ERR_JSR_GUARD_POLICY', file, line })
    if (hint !== undefined) expect(failure.hint).toBe(hint)
    expect(failure.message).not.toContain('hunter2')
  })

  test('refuses the public registry, and a wildcard over it', () => {
    const { hostname } = new URL(publicNpmRegistry)
    const domain = hostname.slice(hostname.indexOf('.') + 1)
    for (const text of [
      JSON.stringify({ registry: publicNpmRegistry }),
      JSON.stringify({ registry: `http://${hostname}.:8080/npm/` }),
      JSON.stringify({ tarballs: [publicNpmRegistry] }),
      JSON.stringify({ tarballs: [`https://*.${domain}/`] }),
    ]) {
      expect(failureOf(text).code).toBe('ERR_JSR_GUARD_POLICY')
    }
  })
})

describe('readManifestPolicy', () => {
  test('reads the policy of a manifest', () => {
    const text = '{"name": "a", "jsr-guard": {"registry": "https://npm.corp.example/"}}'
    expect(readManifestPolicy(text, 'package.json')?.registry?.href).toBe(
      'https://npm.corp.example/',
    )
  })

  test('finds none where the manifest has none', () => {
    expect(readManifestPolicy('{"name": "a", "registry": 1}', 'package.json')).toBeUndefined()
  })

  test.for([
    ['an unknown key', '{"name": "a",\n"jsr-guard": {\n"x": 1}}', 3],
    ['something else', '{"jsr-guard":\ntrue}', 2],
    ['the policy twice', '{"jsr-guard": {},\n"jsr-guard": {}}', 2],
    ['no object', '[]', 1],
  ] as const)('refuses %s, with the line in the manifest', ([, text, line]) => {
    expect(failureOf(text, readManifestPolicy)).toMatchObject({
      code: 'ERR_JSR_GUARD_POLICY',
      line,
    })
  })
})

function isRead(document: unknown): boolean {
  try {
    readPolicy(JSON.stringify(document), file)
    return true
  } catch {
    return false
  }
}

describe('schema.json', async () => {
  const schema: unknown = JSON.parse(
    await readFile(new URL('../../schema.json', import.meta.url), 'utf8'),
  )
  const ajv = new Ajv({ strict: true, allErrors: false })
  ajv.addKeyword('allowTrailingCommas')
  const validate = ajv.compile(schema as object)

  const url = 'https://npm.corp.example/npm/'

  test.for<readonly [boolean, unknown]>([
    [true, {}],
    [true, { $schema: './schema.json' }],
    [true, { registry: url }],
    [true, { registry: 'https://npm.corp.example' }],
    [true, { registry: 'http://127.0.0.1:4873/' }],
    [true, { registry: 'https://[::1]:4873/a@b/' }],
    [true, { tarballs: [] }],
    [true, { tarballs: [url, 'https://*.corp-storage.example/a%20b/'] }],
    [true, { rules: {} }],
    [true, { rules: Object.fromEntries(Object.keys(ruleLevels).map((id) => [id, 'off'])) }],
    [true, { rules: { 'too-new': 'error', 'unmapped-scope': 'warning' } }],
    [false, []],
    [false, null],
    [false, 'x'],
    [false, { $schema: 1 }],
    [false, { registry: null }],
    [false, { registry: [url] }],
    [false, { registry: '' }],
    [false, { registry: 'npm.corp.example' }],
    [false, { registry: 'ftp://npm.corp.example/' }],
    [false, { registry: 'HTTPS://npm.corp.example/' }],
    [false, { registry: ` ${url}` }],
    [false, { registry: `${url}?a=b` }],
    [false, { registry: `${url}#a` }],
    [false, { registry: 'https://user@npm.corp.example/' }],
    [false, { registry: 'https:\\\\npm.corp.example/' }],
    [false, { registry: 'https://npm%2ecorp.example/' }],
    [false, { registry: 'https://*.corp.example/' }],
    [false, { registry: `${url}*/` }],
    [false, { registry: 'https:///npm/' }],
    [false, { tarballs: url }],
    [false, { tarballs: [1] }],
    [false, { tarballs: ['https://a.*.example/'] }],
    [false, { tarballs: ['https://*/'] }],
    [false, { tarballs: ['https://**.corp.example/'] }],
    [false, { rules: [] }],
    [false, { rules: { 'no-such-rule': 'off' } }],
    [false, { rules: { 'too-new': 'warn' } }],
    [false, { rules: { 'too-new': 0 } }],
    [false, { packages: {} }],
    [false, { minimumAgeDays: 3 }],
    [false, { ignore: [] }],
    [false, { Registry: url }],
    [false, { 'jsr-guard': {} }],
  ])('and the reader agree: %s, %j', ([expected, document]) => {
    expect({ schema: validate(document), reader: isRead(document) }).toEqual({
      schema: expected,
      reader: expected,
    })
  })

  test.for([
    { registry: 'https://npm.jsr.io/' },
    { registry: publicNpmRegistry },
    { registry: 'https://[npm/' },
    { registry: 'https://npm.corp.example:99999/' },
    { tarballs: ['https://*.com/'] },
    { tarballs: ['https://*.0.0.1/'] },
    { tarballs: ['https://*.jsr.io/'] },
  ])('cannot say what the reader refuses by the parsed address: %j', (document) => {
    expect({ schema: validate(document), reader: isRead(document) }).toEqual({
      schema: true,
      reader: false,
    })
  })
})
