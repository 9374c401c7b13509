import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { canColor } from '../../src/cli/context.ts'
import { parseSettings } from '../../src/cli/settings.ts'

const output = { write: () => undefined, isTerminal: false }
const context: CliContext = {
  argv: [],
  env: {},
  cwd: resolve('/start'),
  home: resolve('/user'),
  stdout: output,
  stderr: output,
}

function parse(options: Record<string, string[]>) {
  return parseSettings(new Map(Object.entries(options)), context)
}

test('without options the project is the current folder and the report is text', () => {
  expect(parse({})).toEqual({
    cwd: resolve('/start'),
    registry: undefined,
    client: undefined,
    config: undefined,
    levels: {},
    formats: [{ name: 'text', file: undefined }],
    detail: 'normal',
    isColorOff: false,
  })
})

test('paths are relative to where jsr-guard was started', () => {
  expect(
    parse({ cwd: ['a'], config: ['p.json'], format: ['json=out/r.json', 'text'] }),
  ).toMatchObject({
    cwd: resolve('/start/a'),
    config: resolve('/start/p.json'),
    formats: [
      { name: 'json', file: resolve('/start/out/r.json') },
      { name: 'text', file: undefined },
    ],
  })
})

test('--severity names rules and levels', () => {
  expect(parse({ severity: ['unmapped-scope=error', 'weak-integrity=off'] }).levels).toEqual({
    'unmapped-scope': 'error',
    'weak-integrity': 'off',
  })
})

describe('what makes no sense is refused, with what may have been meant', () => {
  test.for([
    [{ client: ['pnmp'] }, 'did you mean "pnpm"?'],
    [{ client: ['bun'] }, 'it knows npm and pnpm'],
    [{ client: ['NPM'] }, 'did you mean "npm"?'],
    [{ severity: ['direct-rout=off'] }, 'did you mean "direct-route"?'],
    [{ severity: ['toString=off'] }, undefined],
    [{ severity: ['__proto__=off'] }, undefined],
    [{ severity: ['direct-route'] }, 'write --severity direct-route=error, =warning or =off'],
    [{ severity: ['direct-route=none'] }, undefined],
    [{ severity: ['direct-route=off=off'] }, undefined],
    [{ severity: ['direct-route=off', 'direct-route=error'] }, undefined],
    [{ format: ['sarf'] }, 'did you mean "sarif"?'],
    [{ format: ['jsno=a'] }, 'did you mean "json"?'],
    [{ format: ['json='] }, undefined],
    [{ format: ['json', 'text'] }, 'write one of them to a file of its own, as --format json=FILE'],
    [{ format: ['json=a', 'text=./a'] }, undefined],
    [{ quiet: [''], verbose: [''] }, undefined],
  ] as const)('%j', ([options, hint]) => {
    const given = Object.fromEntries(
      Object.entries(options).map(([name, values]) => [name, [...values]]),
    )
    expect(() => parse(given)).toThrow(
      expect.objectContaining({
        code: 'ERR_JSR_GUARD_USAGE',
        ...(hint !== undefined && { hint }),
      }),
    )
  })
})

describe('colours', () => {
  const terminal = { write: () => undefined, isTerminal: true }
  test.for([
    ['a terminal', terminal, {}, false, true],
    ['a pipe', output, {}, false, false],
    ['a terminal with --no-color', terminal, { FORCE_COLOR: '1' }, true, false],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false, false],
    ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, false, true],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false, false],
    ['a pipe with FORCE_COLOR', output, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['a pipe with an empty FORCE_COLOR', output, { FORCE_COLOR: '' }, false, true],
    ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false, false],
    ['a pipe in CI', output, { CI: 'true' }, false, false],
  ] as const)('%s', ([, out, env, isOff, expected]) => {
    expect(canColor(out, { env, isOff })).toBe(expected)
  })
})
