import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { createPathLookup, type GraphManifest } from '../../src/lockfile/dependency-path.ts'
import { readLockfile } from '../../src/lockfile/read.ts'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { createRandom, mutate } from './mutations.ts'

/** The way to each package of a lockfile, as a finding about it would ask for it. */
function listPaths(
  file: string,
  text: string,
  manifests: readonly GraphManifest[] = [],
): Readonly<Record<string, string | undefined>> {
  const lookup = createPathLookup(file, text, manifests)
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

const yarnClassic = `# yarn lockfile v1


"@luca/cases@npm:@jsr/luca__cases@^1":
  version "1.0.1"
  dependencies:
    c "^1"

a@^1.0.0:
  version "1.2.0"
  optionalDependencies:
    "@luca/cases" "npm:@jsr/luca__cases@^1"

b@2.0.0:
  version "2.0.0"

"c@^1", c@~1.0.0:
  version "1.0.0"
  dependencies:
    a "^1.0.0"

lost@1:
  version "1.0.0"
`

describe('Yarn 1, whose roots are in the manifests', () => {
  const manifests = [
    { file: 'package.json', folder: '', dependencies: [{ alias: 'a', specifier: '^1.0.0' }] },
    // Put another in its place with "resolutions".
    { file: 'w/package.json', folder: 'w', dependencies: [{ alias: 'b', specifier: '^1' }] },
  ]

  test('the shortest way is found, over aliases and around circles', () => {
    expect(listPaths('yarn.lock', yarnClassic, manifests)).toEqual({
      '@luca/cases@npm:@jsr/luca__cases@^1': 'package.json > a@1.2.0 > @jsr/luca__cases@1.0.1',
      'a@^1.0.0': 'package.json > a@1.2.0',
      'b@2.0.0': 'w/package.json > b@2.0.0',
      'c@^1': 'package.json > a@1.2.0 > @jsr/luca__cases@1.0.1 > c@1.0.0',
      'lost@1': undefined,
    })
  })

  test('one in a folder of its own begins with the manifests below it', () => {
    const paths = listPaths('w/yarn.lock', yarnClassic, manifests)
    expect(paths).toMatchObject({ 'b@2.0.0': 'w/package.json > b@2.0.0', 'a@^1.0.0': undefined })
  })
})

const yarnBerry = `__metadata:
  version: 8
  cacheKey: 10c0

"@luca/cases@jsr:^1":
  version: 1.0.1
  resolution: "@luca/cases@jsr:1.0.1"

"@luca/cases@npm:@jsr/luca__cases@^1":
  version: 1.0.1
  resolution: "@jsr/luca__cases@npm:1.0.1"

"a@npm:^1, a@npm:^1.2":
  version: 1.2.0
  resolution: "a@npm:1.2.0"
  dependencies:
    "@luca/cases": "jsr:^1"
    b: "npm:^2"
    resolve: "npm:^1.0.0"

"b@npm:3.0.0":
  version: 3.0.0
  resolution: "b@npm:3.0.0"
  dependencies:
    a: "npm:^1.2"

"lost@npm:1":
  version: 1.0.0
  resolution: "lost@npm:1.0.0"

"p@workspace:.":
  version: 0.0.0-use.local
  resolution: "p@workspace:."

"resolve@npm:^1.0.0":
  version: 1.20.0
  resolution: "resolve@npm:1.20.0"

"resolve@patch:resolve@npm%3A^1.0.0#optional!builtin<compat/resolve>":
  version: 1.20.0
  resolution: "resolve@patch:resolve@npm%3A1.20.0#optional!builtin<compat/resolve>::version=1.20.0&hash=9bd1a5"

"w@workspace:packages/w":
  version: 0.0.0-use.local
  resolution: "w@workspace:packages/w"
  dependencies:
    a: "npm:^1"
`

test('Yarn 2 and later: workspaces, patches, jsr: and resolutions', () => {
  expect(listPaths('yarn.lock', yarnBerry)).toMatchInlineSnapshot(`
    {
      "@luca/cases@jsr:^1": "packages/w/package.json > a@1.2.0 > @jsr/luca__cases@1.0.1",
      "@luca/cases@npm:@jsr/luca__cases@^1": "packages/w/package.json > a@1.2.0 > @jsr/luca__cases@1.0.1",
      "a@npm:^1, a@npm:^1.2": "packages/w/package.json > a@1.2.0",
      "b@npm:3.0.0": "packages/w/package.json > a@1.2.0 > b@3.0.0",
      "lost@npm:1": undefined,
      "resolve@npm:^1.0.0": "packages/w/package.json > a@1.2.0 > resolve@1.20.0",
      "resolve@patch:resolve@npm%3A^1.0.0#optional!builtin<compat/resolve>": "packages/w/package.json > a@1.2.0 > resolve@1.20.0",
    }
  `)
})

const bunLock = `{
  // Bun allows for this.
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "p", "dependencies": { "@a/a": "^1" }, },
    "packages/w": { "name": "w", "devDependencies": { "b": "^1", "e": "1", }, },
  },
  "packages": {
    "@a/a": ["@a/a@1.0.0", "", { "dependencies": { "b": "^2" } }, ""],
    "@a/a/b": ["b@2.0.0", "", { "dependencies": { "c": "1" } }, ""],
    "b": ["b@3.0.0", "", {}, ""],
    "c": ["c@1.0.0", "", { "peerDependencies": { "@a/a": "*" } }, ""],
    "e": ["@jsr/e__e@1.0.0", "", { "dependencies": { "b": "^3", "w": "*" } }, ""],
    "lost": ["lost@1.0.0", "", {}, ""],
    "w": ["w@workspace:packages/w"],
    "w/b": ["b@1.0.0", "", {}, ""],
  }
}
`

test('Bun: paths of names, and workspaces that have something for themselves', () => {
  expect(listPaths('bun.lock', bunLock)).toMatchInlineSnapshot(`
    {
      "@a/a": "package.json > @a/a@1.0.0",
      "@a/a/b": "package.json > @a/a@1.0.0 > b@2.0.0",
      "b": "packages/w/package.json > @jsr/e__e@1.0.0 > b@3.0.0",
      "c": "package.json > @a/a@1.0.0 > b@2.0.0 > c@1.0.0",
      "e": "packages/w/package.json > @jsr/e__e@1.0.0",
      "lost": undefined,
      "w": undefined,
      "w/b": "packages/w/package.json > b@1.0.0",
    }
  `)
  expect(listPaths('apps/x/bun.lock', bunLock)['w/b']).toBe(
    'apps/x/packages/w/package.json > b@1.0.0',
  )
})

describe('Deno', () => {
  const npm = {
    'a@1.0.0_b@2.0.0': { dependencies: ['alias@npm:c@2.0.0', 'b'] },
    'b@2.0.0': { optionalDependencies: ['c@1.0.0'] },
    'c@1.0.0': { dependencies: ['a@1.0.0_b@2.0.0'] },
    'c@2.0.0': {},
    'd@1.0.0': {},
    'lost@1.0.0': {},
  }
  const jsr = {
    '@std/fs@1.0.0': { dependencies: ['jsr:@std/path'] },
    '@std/path@1.0.1': { dependencies: ['npm:d@1'] },
    '@std/yaml@1.0.0': {},
  }
  const specifiers = {
    'jsr:@std/fs@1': '1.0.0',
    'jsr:@std/path@^1.0.0': '1.0.1',
    'jsr:@std/yaml@1': '1.0.0',
    'npm:a@1': '1.0.0_b@2.0.0',
    'npm:d@1': '1.0.0',
  }
  const workspace = {
    dependencies: ['jsr:@std/fs@1'],
    members: { w: { packageJson: { dependencies: ['npm:a@1'] } } },
  }

  test.for(['4', '5'])('version %s', (version) => {
    const text = JSON.stringify({ version, specifiers, jsr, npm, workspace }, undefined, 2)
    expect(listPaths('deno.lock', text)).toMatchInlineSnapshot(`
      {
        "jsr:@std/fs@1.0.0": "deno.json > @jsr/std__fs@1.0.0",
        "jsr:@std/path@1.0.1": "deno.json > @jsr/std__fs@1.0.0 > @jsr/std__path@1.0.1",
        "jsr:@std/yaml@1.0.0": "an import > @jsr/std__yaml@1.0.0",
        "npm:a@1.0.0_b@2.0.0": "w/package.json > a@1.0.0",
        "npm:b@2.0.0": "w/package.json > a@1.0.0 > b@2.0.0",
        "npm:c@1.0.0": "w/package.json > a@1.0.0 > b@2.0.0 > c@1.0.0",
        "npm:c@2.0.0": "w/package.json > a@1.0.0 > c@2.0.0",
        "npm:d@1.0.0": "deno.json > @jsr/std__fs@1.0.0 > @jsr/std__path@1.0.1 > d@1.0.0",
        "npm:lost@1.0.0": undefined,
      }
    `)
  })

  test('version 3', () => {
    const packages = {
      specifiers: { 'jsr:@std/fs@1': 'jsr:@std/fs@1.0.0', 'npm:a': 'npm:a@1.0.0' },
      jsr: { '@std/fs@1.0.0': {} },
      npm: {
        'a@1.0.0': { dependencies: { x: 'b@1.0.0' } },
        'b@1.0.0': { dependencies: {} },
      },
    }
    const remote = { 'https://files.example/mod.ts': 'aa' }
    const text = JSON.stringify({ version: '3', packages, remote, workspace }, undefined, 2)
    expect(listPaths('deno.lock', text)).toMatchInlineSnapshot(`
      {
        "https://files.example/mod.ts": undefined,
        "jsr:@std/fs@1.0.0": "deno.json > @jsr/std__fs@1.0.0",
        "npm:a@1.0.0": "an import > a@1.0.0",
        "npm:b@1.0.0": "an import > a@1.0.0 > b@1.0.0",
      }
    `)
  })
})

test('vlt: edges, and workspaces', () => {
  const nodes = {
    '~npm~@jsr+luca____cases@1.0.1': [0, '@jsr/luca__cases'],
    '~npm~a@1.0.0': [0, 'a'],
    '~npm~lost@1.0.0': [0, 'lost'],
    'remote~https_c++files.example+x.tgz': [0, 'x'],
    'workspace~packages+w': [0, 'w'],
  }
  const edges = {
    'file~_d a': 'prod ^1 ~npm~a@1.0.0',
    'file~_d gone': 'optional ^1 MISSING',
    '~npm~a@1.0.0 @luca/cases': 'prod npm:@jsr/luca__cases@^1 ~npm~@jsr+luca____cases@1.0.1',
    '~npm~@jsr+luca____cases@1.0.1 a': 'peer ^1 ~npm~a@1.0.0',
    'workspace~packages+w x':
      'prod https://files.example/x.tgz remote~https_c++files.example+x.tgz',
  }
  const text = JSON.stringify({ lockfileVersion: 1, options: {}, nodes, edges }, undefined, 2)
  expect(listPaths('vlt-lock.json', text)).toMatchInlineSnapshot(`
    {
      "remote~https_c++files.example+x.tgz": "packages/w/package.json > x",
      "~npm~@jsr+luca____cases@1.0.1": "package.json > a@1.0.0 > @jsr/luca__cases@1.0.1",
      "~npm~a@1.0.0": "package.json > a@1.0.0",
      "~npm~lost@1.0.0": undefined,
    }
  `)
})

describe('a chain of any length, which ends where it begins, is walked in good time', () => {
  const count = 20_000
  const all = Array.from({ length: count }, (_, index) => [index, (index + 1) % count] as const)
  const first = {
    file: 'package.json',
    folder: '',
    dependencies: [{ alias: 'p0', specifier: '1' }],
  }
  const rows: readonly (readonly [file: string, text: string])[] = [
    [
      'yarn.lock',
      all.map(([a, b]) => `p${a}@1:\n  version "1.0.0"\n  dependencies:\n    p${b} "1"\n`).join(''),
    ],
    [
      'yarn.lock',
      `__metadata:\n  version: 8\n\n"w@workspace:.":\n  resolution: "w@workspace:."\n  dependencies:\n    p0: "npm:1"\n${all
        .map(
          ([a, b]) =>
            `\n"p${a}@npm:1":\n  version: 1.0.0\n  resolution: "p${a}@npm:1.0.0"\n  dependencies:\n    p${b}: "npm:1"\n`,
        )
        .join('')}`,
    ],
    [
      'bun.lock',
      `{"lockfileVersion":1,"workspaces":{"":{"dependencies":{"p0":"1"}}},"packages":{\n${all
        .map(([a, b]) => `"p${a}":["p${a}@1.0.0","",{"dependencies":{"p${b}":"1"}},""]`)
        .join(',\n')}}}`,
    ],
    [
      'deno.lock',
      `{"version":"5","specifiers":{"npm:p0@1":"1.0.0"},"npm":{\n${all
        .map(([a, b]) => `"p${a}@1.0.0":{"dependencies":["p${b}"]}`)
        .join(',\n')}}}`,
    ],
    [
      'vlt-lock.json',
      `{"lockfileVersion":1,"options":{},"nodes":{\n${all
        .map(([a]) => `"~npm~p${a}@1.0.0":[0,"p${a}"]`)
        .join(',\n')}},"edges":{"file~_d p0":"prod 1 ~npm~p0@1.0.0",${all
        .map(([a, b]) => `"~npm~p${a}@1.0.0 p${b}":"prod 1 ~npm~p${b}@1.0.0"`)
        .join(',\n')}}}`,
    ],
  ]
  test.for(rows)('%s', ([file, text]) => {
    const lookup = createPathLookup(file, text, [first])
    const last = text.split('\n').findIndex((line) => line.includes(`p${count - 1}@`)) + 1
    const path = lookup?.(last, `p${count - 1}`)
    expect(path).toHaveLength(31)
    expect([path?.[0], path?.at(-1)]).toEqual(['…', `p${count - 1}@1.0.0`])
  })

  test('a key of Bun’s that is deeper than any disk can hold brings nothing in', () => {
    const deep = Array.from({ length: 100_000 }, () => 'a').join('/')
    const dependencies = Object.fromEntries(all.map(([index]) => [`p${index}`, '1']))
    const packages = { [deep]: ['a@1.0.0', '', { dependencies }, ''] }
    const workspaces = { '': { dependencies: { [deep]: '1' } } }
    const text = JSON.stringify({ lockfileVersion: 1, workspaces, packages })
    expect(createPathLookup('bun.lock', text)?.(1, 'a')).toEqual(['package.json', 'a@1.0.0'])
  })
})

describe('of mutants that the reader takes, paths are found or not, and nothing fails', () => {
  const direct = { name: 'npm:@jsr/luca__cases@1', version: '1.0.1' }
  const deno = JSON.stringify(
    {
      version: '5',
      specifiers: { [direct.name]: direct.version, 'jsr:@std/fs@1': '1.0.0' },
      jsr: { '@std/fs@1.0.0': { dependencies: ['jsr:@std/fs', 'npm:a'] } },
      npm: {
        '@jsr/luca__cases@1.0.1': { dependencies: ['a', 'b@npm:a@1.0.0'] },
        'a@1.0.0': { optionalDependencies: ['@jsr/luca__cases'] },
      },
      workspace: { packageJson: { dependencies: [direct.name] }, members: { w: {} } },
    },
    undefined,
    2,
  )
  const vlt = JSON.stringify(
    {
      lockfileVersion: 1,
      options: {},
      nodes: { '~npm~a@1.0.0': [0, 'a'], '~npm~b@1.0.0': [0, 'b'] },
      edges: {
        'file~_d a': 'prod ^1 ~npm~a@1.0.0',
        '~npm~a@1.0.0 b': 'prod ^1 ~npm~b@1.0.0',
        '~npm~b@1.0.0 a': 'prod ^1 ~npm~a@1.0.0',
      },
    },
    undefined,
    2,
  )
  test.for([
    ['yarn.lock', yarnClassic],
    ['yarn.lock', yarnBerry],
    ['bun.lock', bunLock],
    ['deno.lock', deno],
    ['vlt-lock.json', vlt],
    ['package-lock.json', npmLockfile(entries, 2)],
  ] as const)('%s', ([file, text]) => {
    const manifest = { file: 'package.json', folder: '' }
    const dependencies = [{ alias: 'a', specifier: '^1.0.0' }]
    const random = createRandom(20_261_129)
    let taken = 0
    for (let count = 0; count < 2000; count += 1) {
      try {
        const paths = listPaths(file, mutate(text, random), [{ ...manifest, dependencies }])
        taken += Object.keys(paths).length > 0 ? 1 : 0
      } catch (error) {
        if (!(error instanceof JsrGuardError)) throw error
      }
    }
    expect(taken).toBeGreaterThan(50)
  })
})

test('what is no lockfile has no paths', () => {
  expect(createPathLookup('package.json', '{}')).toBeUndefined()
})
