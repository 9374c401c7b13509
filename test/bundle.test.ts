import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const dist = new URL('../dist/', import.meta.url)
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.js'))
  .toSorted()

test('the program is put together, and the library is as tsc makes it', () => {
  const program = files.filter((file) => /^bin[./]/.test(file))
  expect(program).toContain('bin/core.js')
  expect(program.length).toBeLessThan(100)
  expect(files).toContain('lockfile/npm.js')
  // Nothing but the program has a use for it.
  expect(files.filter((file) => file.startsWith('cli/'))).toEqual([])
})

test.for(files)('%s imports what is there when it is installed', (file) => {
  const place = new URL(file, dist)
  const text = readFileSync(place, 'utf8')
  for (const [, specifier = ''] of text.matchAll(
    /^(?:import|export) (?:[^;'"]*? from )?["']([^'"]+)["'];?$/gm,
  )) {
    if (specifier.startsWith('.')) expect(existsSync(new URL(specifier, place))).toBe(true)
    else if (!isBuiltin(specifier))
      expect(manifest.dependencies).toHaveProperty([nameOf(specifier)])
  }
  for (const [, specifier = ''] of text.matchAll(/\bimport\("(\.[^"]+)"\)/g)) {
    expect(existsSync(new URL(specifier, place))).toBe(true)
  }
})

// One that fails here belongs in the list in src/bundle.mjs, or is to be imported when it is needed.
test('a check loads no npm package one by one', () => {
  const text = readFileSync(new URL('bin/core.js', dist), 'utf8')
  const specifiers = [...text.matchAll(/^import .* from "([^"]+)";$/gm)].map(
    ([, from = '']) => from,
  )
  expect(specifiers.filter((from) => !from.startsWith('.') && !isBuiltin(from))).toEqual([])
})

test('nothing is minified: modules stand under their paths, functions under their names', () => {
  const text = readFileSync(new URL('bin/core.js', dist), 'utf8')
  expect(text).toContain('// src/lockfile/npm.ts\n')
  expect(text).toMatch(/^function readNpmLockfile\(text\) \{$/m)
})

test('what is passed on of other packages are dependencies, with their licenses', () => {
  const licenses = readFileSync(new URL('bin/LICENSES.txt', dist), 'utf8')
  const bundled = files
    .filter((file) => file.startsWith('bin/'))
    .flatMap((file) => [
      ...readFileSync(new URL(file, dist), 'utf8').matchAll(/^\s*\/\/ node_modules\/(\S+)$/gm),
    ])
    .map(([, path = '']) => nameOf(path))
  expect(bundled).toContain('js-yaml')
  for (const name of bundled) {
    expect(manifest.dependencies).toHaveProperty([name])
    expect(licenses).toMatch(new RegExp(`^${name}\n`, 'm'))
  }
})

test('the pnpm hook needs nothing but Node, is readable, and carries its licenses', () => {
  const text = readFileSync(new URL('pnpmfile.cjs', dist), 'utf8')
  const [code = '', licenses = ''] = text.split(/^\/\*$/m)
  const required = [...code.matchAll(/(?<!\* .*)\b(?:require|import)\(["']([^"']+)["']\)/g)]
  expect(required.length).toBeGreaterThan(0)
  expect(required.map(([, from = '']) => from).filter((from) => !isBuiltin(from))).toEqual([])
  expect(code).toMatch(/^function createPnpmfile\(machine, settings = \{\}\) \{$/m)
  const bundled = [...code.matchAll(/^\s*\/\/ node_modules\/(\S+)$/gm)].map(([, path = '']) =>
    nameOf(path),
  )
  expect(bundled).toContain('js-yaml')
  for (const name of bundled) expect(licenses).toMatch(new RegExp(`^${name}\n`, 'm'))
})

// Every command of pnpm loads the hook, `pnpm list` too.
test('the pnpm hook starts fast: it is ASCII, and packages wait until they are used', () => {
  const text = readFileSync(new URL('pnpmfile.cjs', dist), 'utf8')
  expect(text).not.toMatch(/[^\n\r\t\x20-\x7e]/)
  for (const name of ['range', 'js_yaml', 'jsonc_parser']) {
    expect(text).toMatch(new RegExp(`^\\s.*require_${name}\\(\\)`, 'm'))
  }
  // What begins a line is done when the hook is loaded.
  const atOnce = Array.from(text.matchAll(/^[\w(].*?(require_\w+)\(\)/gm), ([, name]) => name)
  expect(atOnce).toEqual([])
  expect(text).not.toMatch(/^\w.*__toESM\(/m)
  expect(text).not.toContain('fs/promises')
})

function nameOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
}
