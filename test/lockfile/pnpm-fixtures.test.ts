import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPnpmLockfile } from '../../src/lockfile/pnpm.ts'

const folder = new URL('../fixtures/lockfile/pnpm/', import.meta.url)

const read = (name: string) =>
  readPnpmLockfile(readFileSync(new URL(`${name}/pnpm-lock.yaml`, folder), 'utf8'))

/** Alias, name, version, source. */
const peers = [
  '@luca/cases @jsr/luca__cases 1.0.1 route',
  '@std/text @jsr/std__text 1.0.2 route',
  'folder folder ? local',
  'peery peery 1.0.0 route',
  'plain plain 2.0.0 route',
]
const cases = [
  '@luca/cases @jsr/luca__cases 1.0.1 route',
  '@jsr/std__text @jsr/std__text 1.0.2 route',
]
const documents = [
  'settings settings 1.0.0 route',
  ...cases,
  'peery peery 1.0.0 route',
  'plain plain 2.0.0 route',
]

/** What real versions of pnpm wrote, from 7 to 12. */
const expected: Readonly<Record<string, readonly string[]>> = {
  v5: peers.map((line) => line.replace('folder ?', 'folder 1.0.0')),
  v6: peers,
  'v6-single': [...cases, 'direct @jsr/luca__cases 1.0.1 remote'],
  v9: peers,
  direct: cases.map((line) => line.replace('route', 'remote')),
  address: ['direct @jsr/luca__cases 1.0.1 remote', '@jsr/std__text @jsr/std__text 1.0.2 route'],
  documents,
  'named-registry': [
    '@luca/cases @jsr/luca__cases 1.0.1 remote',
    '@jsr/std__text @jsr/std__text 1.0.2 route',
  ],
  v13: [...peers, 'one one ? local'],
  'v13-documents': documents,
}

test('every fixture is read', () => {
  const names = readdirSync(folder).filter((name) => !name.includes('.'))
  expect(Object.keys(expected).toSorted()).toEqual(names.toSorted())
})

test.for(Object.keys(expected))('%s', (name) => {
  const { packages } = read(name)
  const lines = packages.map((locked) =>
    [locked.alias, locked.name, locked.version ?? '?', locked.source.type].join(' '),
  )
  expect(lines.toSorted()).toEqual(expected[name]?.toSorted())
})

test.for(['v5', 'v6', 'v9', 'v13'])('%s says what its projects ask for', (name) => {
  const { projects } = read(name)
  expect(projects.map(({ folder: place }) => place)).toEqual(['', 'packages/one'])
  const [root, one] = projects
  expect(root?.dependencies.get('@luca/cases')).toBe(
    name === 'v13' ? 'jsr:^1.0.0' : 'npm:@jsr/luca__cases@^1.0.0',
  )
  expect(one?.dependencies.get('@std/text')).toBe('npm:@jsr/std__text@1')
  expect(one?.keys?.get('@std/text')).toContain('std__text')
})

test('a catalog is looked up', () => {
  for (const name of ['documents', 'v13-documents']) {
    expect(read(name).projects[0]?.dependencies.get('peery')).toBe('^1.0.0')
  }
})
