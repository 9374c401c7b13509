import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { emptyPolicy } from '../../src/config/empty-policy.ts'
import { readManifestPolicy, readPolicy } from '../../src/config/policy-file.ts'
import { JsrGuardError } from '../../src/errors.ts'
import { ruleLevels } from '../../src/finding.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'

const file = 'jsr-guard.json'

const allKeys =
  'one of: $schema, extends, registry, scopes, tarballs, packages, minimumAgeDays, rules, ignore'

/** A policy with one ignore, on line 2. */
function ignore(fields: Readonly<Record<string, unknown>>): string {
  const rule = { rule: 'missing-integrity', package: '@jsr/a__b', reason: 'known' }
  return `{"ignore": [\n${JSON.stringify({ ...rule, ...fields })}]}`
}

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
  "extends": ["./base.json", "@corp/policy", "@corp/policy/strict.json"],
  "scopes": { "@std": "https://npm.corp.example/std/" },
  "packages": { "allow": ["@std/*", "@luca/cases@^1"], "deny": ["@evil/*"] },
  "minimumAgeDays": 3,
  "ignore": [
    { "rule": "missing-integrity", "package": "@jsr/luca__cases", "version": "1.0.1",
      "file": "package-lock.json", "reason": "the mirror has no hashes", "until": "2027-01-31" },
  ],
}
`
    const policy = readPolicy(text, file)
    expect(policy.registry?.href).toBe('https://npm.corp.example/npm/')
    expect(policy.tarballs).toMatchObject([{ hostname: 'corp-storage.example', isWildcard: true }])
    expect(policy.levels).toEqual({ 'unmapped-scope': 'error', 'weak-integrity': 'off' })
    expect(policy.extends).toMatchObject([
      { type: 'file', text: './base.json', line: 7 },
      { type: 'package', name: '@corp/policy', path: 'jsr-guard.json' },
      { type: 'package', name: '@corp/policy', path: 'strict.json' },
    ])
    expect(policy.scopes.get('std')?.href).toBe('https://npm.corp.example/std/')
    expect(policy.packages.allow?.map(({ text }) => text)).toEqual(['@std/*', '@luca/cases@^1'])
    expect(policy.packages.deny.map(({ text }) => text)).toEqual(['@evil/*'])
    expect(policy.minimumAgeDays).toBe(3)
    expect(policy.ignores).toEqual([
      {
        rule: 'missing-integrity',
        package: '@jsr/luca__cases',
        version: '1.0.1',
        file: 'package-lock.json',
        reason: 'the mirror has no hashes',
        until: '2027-01-31',
        policyFile: file,
        policyLine: 12,
      },
    ])
    const settings = policy.settings.map(({ key, value, line }) => `${line} ${key}: ${value}`)
    expect(settings).toMatchInlineSnapshot(`
      [
        "4 registry: https://npm.corp.example/npm",
        "5 tarballs: https://*.corp-storage.example/",
        "6 rules.unmapped-scope: error",
        "6 rules.weak-integrity: off",
        "8 scopes.@std: https://npm.corp.example/std/",
        "9 packages.allow: @std/*",
        "9 packages.allow: @luca/cases@^1",
        "9 packages.deny: @evil/*",
        "10 minimumAgeDays: 3",
        "12 ignore: {"rule":"missing-integrity","package":"@jsr/luca__cases","version":"1.0.1","file":"package-lock.json","reason":"the mirror has no hashes","until":"2027-01-31"}",
      ]
    `)
  })

  test('an empty policy changes nothing', () => {
    expect(readPolicy('{}', file)).toEqual(emptyPolicy)
  })

  test.for([
    [
      'a misspelled key',
      '{\n "regsitry": "https://npm.corp.example/"\n}',
      2,
      'did you mean "registry"?',
    ],
    ['a key like none', '{"colour": 1}', 1, allKeys],
    ['an inherited name', '{"__proto__": {}}', 1, allKeys],
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
    ['a misspelled list', '{"packages":\n{"alow": []}}', 2, 'did you mean "allow"?'],
    ['a pattern of no package', '{"packages": {"deny": [\n"evil"]}}', 2, undefined],
    ['a pattern of no versions', '{"packages": {"deny": ["@a/b@x.y"]}}', 1, undefined],
    ['the versions of a scope', '{"packages": {"deny": ["@a/*@1"]}}', 1, undefined],
    ['half a day', '{"minimumAgeDays": 0.5}', 1, undefined],
    ['days that are still to come', '{"minimumAgeDays": -1}', 1, undefined],
    ['an age in words', '{"minimumAgeDays": "3"}', 1, undefined],
    [
      'a scope that is none',
      '{"scopes": {\n"std": "https://a.example/"}}',
      2,
      'write it as @scope',
    ],
    ['JSR as the registry of a scope', '{"scopes": {"@std": "https://npm.jsr.io/"}}', 1, undefined],
    ['a policy on the web', '{"extends": "https://corp.example/policy.json"}', 1, undefined],
    [
      'a policy by its absolute path',
      '{"extends": ["./a.json",\n"/etc/policy.json"]}',
      2,
      undefined,
    ],
    ['a policy that is code', '{"extends": "./policy.js"}', 1, undefined],
    ['a policy beside a package', '{"extends": "@corp/policy/../other/a.json"}', 1, undefined],
    ['an ignore without a reason', ignore({ reason: undefined }), 2, undefined],
    ['an ignore with an empty one', ignore({ reason: ' ' }), 2, undefined],
    [
      'an ignore of everything',
      ignore({ package: undefined }),
      2,
      'to turn a whole rule off, use "rules"',
    ],
    ['an ignore of no rule', ignore({ rule: undefined }), 2, undefined],
    [
      'an ignore of a misspelled rule',
      ignore({ rule: 'direct-rout' }),
      2,
      'did you mean "direct-route"?',
    ],
    ['an ignore of unused ignores', ignore({ rule: 'unused-ignore' }), 2, undefined],
    ['an ignore with a key too many', ignore({ untill: '2027-01-31' }), 2, 'did you mean "until"?'],
    ['an ignore until a day that is none', ignore({ until: '2027-02-29' }), 2, undefined],
    ['an ignore until the end of a month', ignore({ until: '2027-01' }), 2, undefined],
    ['ignores that are no list', '{"ignore": {}}', 1, undefined],
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
    [true, { extends: './a.json' }],
    [true, { extends: ['../policy/a.jsonc', '@corp/policy', 'policy/b/c.json'] }],
    [true, { extends: [] }],
    [false, { extends: 1 }],
    [false, { extends: [1] }],
    [false, { extends: '/a.json' }],
    [false, { extends: 'https://corp.example/a.json' }],
    [false, { extends: './a.js' }],
    [false, { extends: '@corp/policy/../a.json' }],
    [false, { extends: '@corp/policy/./a.json' }],
    [false, { extends: '@corp/policy//a.json' }],
    [false, { extends: '@corp' }],
    [false, { extends: '..\\a.json' }],
    [true, { scopes: {} }],
    [true, { scopes: { '@std': url, '@a-b': 'http://127.0.0.1:4873/' } }],
    [false, { scopes: [] }],
    [false, { scopes: { std: url } }],
    [false, { scopes: { '@std/path': url } }],
    [false, { scopes: { '@Std': url } }],
    [false, { scopes: { '@std': 'npm.corp.example' } }],
    [true, { packages: {} }],
    [true, { packages: { allow: [], deny: [] } }],
    [true, { packages: { allow: ['@std/*', '@luca/cases', '@luca/cases@>=1.2 <2 || ^3'] } }],
    [false, { packages: [] }],
    [false, { packages: { allow: '@std/*' } }],
    [false, { packages: { block: [] } }],
    [false, { packages: { deny: [1] } }],
    [false, { packages: { deny: ['cases'] } }],
    [false, { packages: { deny: ['@std'] } }],
    [false, { packages: { deny: ['@std/'] } }],
    [false, { packages: { deny: ['@jsr/std__path'] } }],
    [false, { packages: { deny: ['@std/*@1'] } }],
    [false, { packages: { deny: ['@std/path@'] } }],
    [false, { packages: { deny: ['@*/path'] } }],
    [true, { minimumAgeDays: 0 }],
    [true, { minimumAgeDays: 3 }],
    [false, { minimumAgeDays: -1 }],
    [false, { minimumAgeDays: 1.5 }],
    [false, { minimumAgeDays: '3' }],
    [false, { minimumAgeDays: null }],
    [true, { ignore: [] }],
    [true, { ignore: [{ rule: 'too-new', package: '@jsr/a__b', reason: 'r' }] }],
    [
      true,
      { ignore: [{ rule: 'direct-route', file: '.npmrc', reason: 'r', until: '2027-01-31' }] },
    ],
    [false, { ignore: {} }],
    [false, { ignore: ['too-new'] }],
    [false, { ignore: [{ rule: 'too-new', reason: 'r' }] }],
    [false, { ignore: [{ rule: 'too-new', version: '1.0.0', reason: 'r' }] }],
    [false, { ignore: [{ rule: 'too-new', package: '@jsr/a__b' }] }],
    [false, { ignore: [{ rule: 'too-new', package: '@jsr/a__b', reason: '' }] }],
    [false, { ignore: [{ rule: 'too-new', package: 1, reason: 'r' }] }],
    [false, { ignore: [{ package: '@jsr/a__b', reason: 'r' }] }],
    [false, { ignore: [{ rule: 'unused-ignore', file: 'a', reason: 'r' }] }],
    [false, { ignore: [{ rule: 'nothing', file: 'a', reason: 'r' }] }],
    [false, { ignore: [{ rule: 'too-new', file: 'a', reason: 'r', until: 'soon' }] }],
    [false, { ignore: [{ rule: 'too-new', file: 'a', reason: 'r', since: '2027-01-31' }] }],
    [false, { Registry: url }],
    [false, { 'jsr-guard': {} }],
  ])('and the reader agree: %s, %j', ([expected, document]) => {
    expect({ schema: validate(document), reader: isRead(document) }).toEqual({
      schema: expected,
      reader: expected,
    })
  })

  test('knows every key that the reader knows', () => {
    const { properties } = schema as { properties: object }
    expect(`one of: ${Object.keys(properties).join(', ')}`).toBe(allKeys)
  })

  test.for([
    { registry: 'https://npm.jsr.io/' },
    { registry: publicNpmRegistry },
    { registry: 'https://[npm/' },
    { registry: 'https://npm.corp.example:99999/' },
    { tarballs: ['https://*.com/'] },
    { tarballs: ['https://*.0.0.1/'] },
    { tarballs: ['https://*.jsr.io/'] },
    { scopes: { '@std': 'https://npm.jsr.io/' } },
    { packages: { deny: ['@std/path@one'] } },
    { packages: { deny: [`@${'a'.repeat(101)}/*`] } },
    { ignore: [{ rule: 'too-new', file: 'a', reason: 'r', until: '2027-02-30' }] },
  ])('cannot say what the reader refuses by the parsed address: %j', (document) => {
    expect({ schema: validate(document), reader: isRead(document) }).toEqual({
      schema: true,
      reader: false,
    })
  })
})
