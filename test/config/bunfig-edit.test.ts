import { expect, test } from 'vitest'
import { addBunJsrScope } from '../../src/config/bunfig-edit.ts'

const url = 'https://npm.corp.example/npm/'
const registry = new URL(url)
const line = `"@jsr" = "${url}"`

test.for([
  ['nothing', '', `[install.scopes]\n${line}\n`],
  [
    'other settings, without an end of line',
    '[install]\nexact = true',
    `[install]\nexact = true\n\n[install.scopes]\n${line}\n`,
  ],
  [
    'other scopes',
    '# ours\r\n[ install . scopes ] # of us\r\ncorp = "https://npm.corp.example/"\r\n[test]\r\n',
    `# ours\r\n[ install . scopes ] # of us\r\n${line}\r\ncorp = "https://npm.corp.example/"\r\n[test]\r\n`,
  ],
  [
    'scopes as tables of their own',
    '[install.scopes.corp]\nurl = "https://npm.corp.example/"\n',
    `[install.scopes.corp]\nurl = "https://npm.corp.example/"\n\n[install.scopes]\n${line}\n`,
  ],
  ['scopes that end the file', '[install.scopes]', `[install.scopes]\n${line}\n`],
] as const)('@jsr is added to %s', ([, text, expected]) => {
  expect(addBunJsrScope(text, registry)).toBe(expected)
})

test.for([
  ['scopes in one line', 'install = { scopes = { corp = "https://npm.corp.example/" } }\n'],
  ['the scope, with an @', `[install.scopes]\n"@jsr" = "https://npm.jsr.io/"\n`],
  ['the scope, without', '[install.scopes]\njsr = "https://npm.jsr.io/"\n'],
  ['no TOML', '[install\n'],
  ['a text that looks like a table', 'a = """\n[install.scopes]\n"""\n'],
] as const)('a file with %s is left alone', ([, text]) => {
  expect(() => addBunJsrScope(text, registry)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_CONFIG' }),
  )
})

test('an address in which Bun would see a variable is not written', () => {
  expect(() => addBunJsrScope('', new URL('https://npm.corp.example/$HOME/'))).toThrow()
})
