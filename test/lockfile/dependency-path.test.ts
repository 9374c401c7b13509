import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createPathLookup } from '../../src/lockfile/dependency-path.ts'
import { readLockfile } from '../../src/lockfile/formats.ts'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'

/** The way to each package of a lockfile, as a finding about it would ask for it. */
function listPaths(file: string, text: string): Readonly<Record<string, string | undefined>> {
  const lookup = createPathLookup(file, text)
  const entries = readLockfile(file, text).packages.map((locked: LockedPackage) => [
    locked.key,
    lookup?.(locked.line() ?? 0, locked.name)?.join(' > '),
  ])
  return Object.fromEntries(entries)
}

function npmLockfile(packages: Readonly<Record<string, object>>, indent?: number): string {
  return JSON.stringify({ lockfileVersion: 3, packages }, undefined, indent)
}

const entries = {
  '': { dependencies: { a: '1', e: '1' } },
  'packages/w': { dependencies: { d: '1' } },
  'node_modules/w': { resolved: 'packages/w', link: true },
  'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
  'node_modules/b': { version: '1.0.0', dependencies: { c: '1' } },
  'node_modules/a/node_modules/b': { version: '2.0.0', optionalDependencies: { c: '1' } },
  'node_modules/c': { version: '1.0.0', dependencies: { a: '1' } },
  'node_modules/d': { version: '1.0.0', peerDependencies: { c: '1' } },
  'node_modules/e': { name: '@jsr/e__e', version: '1.0.0', dependencies: { b: '1' } },
  'node_modules/lost': { version: '1.0.0' },
}

describe('npm', () => {
  test('the shortest way is found, by the place that each package looks from', () => {
    expect(listPaths('package-lock.json', npmLockfile(entries, 2))).toMatchInlineSnapshot(`
      {
        "node_modules/a": "package.json > a@1.0.0",
        "node_modules/a/node_modules/b": "package.json > a@1.0.0 > b@2.0.0",
        "node_modules/b": "package.json > @jsr/e__e@1.0.0 > b@1.0.0",
        "node_modules/c": "packages/w/package.json > d@1.0.0 > c@1.0.0",
        "node_modules/d": "packages/w/package.json > d@1.0.0",
        "node_modules/e": "package.json > @jsr/e__e@1.0.0",
        "node_modules/lost": undefined,
        "node_modules/w": undefined,
      }
    `)
  })

  test('a lockfile on one line tells packages apart by their names', () => {
    const paths = listPaths('package-lock.json', npmLockfile(entries))
    expect(paths['node_modules/e']).toBe('package.json > @jsr/e__e@1.0.0')
    // Two versions of one package can't be told apart.
    expect(paths['node_modules/b']).toBeUndefined()
  })

  test('a chain of any length is walked, and its end told', () => {
    const count = 20_000
    const chain = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `node_modules/p${index}`,
        { version: '1.0.0', dependencies: { [`p${index + 1}`]: '1' } },
      ]),
    )
    const text = npmLockfile({ '': { dependencies: { p0: '1' } }, ...chain }, 0)
    const path = createPathLookup('package-lock.json', text)?.(1, `p${count - 1}`)
    expect(path?.slice(0, 2)).toEqual(['…', `p${count - 30}@1.0.0`])
    expect(path).toHaveLength(31)
  })
})

test.for(['v5', 'v6', 'v9', 'v13', 'address', 'documents'])('pnpm, %s', async (name) => {
  const file = new URL(`../fixtures/lockfile/pnpm/${name}/pnpm-lock.yaml`, import.meta.url)
  const text = await readFile(file, 'utf8')
  expect(listPaths('pnpm-lock.yaml', text)).toMatchSnapshot()
})

test('a lockfile of a format that this is not known of has no paths', () => {
  expect(createPathLookup('deno.lock', '{}')).toBeUndefined()
})
