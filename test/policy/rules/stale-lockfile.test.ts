import { describe, expect, test } from 'vitest'
import type { LockedPackage, LockedProject } from '../../../src/lockfile/locked-package.ts'
import type { Manifest } from '../../../src/manifest/package-json.ts'
import { check, createContext, createLocked, createLockfile, createManifest } from '../context.ts'

function project(dependencies: Readonly<Record<string, string>>, folder = ''): LockedProject {
  return { folder, dependencies: new Map(Object.entries(dependencies)), line: () => 5 }
}

interface Situation {
  readonly manifests: readonly Manifest[]
  readonly projects: readonly LockedProject[]
  readonly packages?: readonly LockedPackage[]
  readonly file?: string
  readonly isAuthoritative?: boolean
}

function run({ manifests, projects, packages = [createLocked()], ...inUse }: Situation) {
  const lockfiles = [createLockfile(packages, { projects, ...inUse })]
  return check('stale-lockfile', createContext({ manifests, lockfiles }))
}

const asks = (specifier: string, alias = '@luca/cases') =>
  createManifest({ dependencies: { [alias]: specifier } })

describe('agrees', () => {
  test.for([
    ['jsr:^1', 'npm:@jsr/luca__cases@^1'],
    ['jsr:@luca/cases@^1', 'jsr:^1'],
    ['npm:@jsr/luca__cases@^1', 'npm:@jsr/luca__cases@^1'],
    ['jsr:@luca/cases', 'npm:@jsr/luca__cases@*'],
    ['npm:@jsr/luca__cases', 'npm:@jsr/luca__cases@*'],
  ] as const)('%s with %s', ([manifest, locked]) => {
    const projects = [project({ '@luca/cases': locked })]
    expect(run({ manifests: [asks(manifest)], projects })).toEqual([])
  })

  test('on what has nothing to do with JSR, whatever it says', () => {
    expect(
      run({ manifests: [asks('^4', 'lodash')], projects: [project({ lodash: '^3', a: '1' })] }),
    ).toEqual([])
  })

  test('with a plain name', () => {
    const manifests = [asks('^1', '@jsr/luca__cases')]
    expect(run({ manifests, projects: [project({ '@jsr/luca__cases': '^1' })] })).toEqual([])
  })

  test('where two fields name it and the lockfile keeps one', () => {
    const manifests = [
      createManifest({
        devDependencies: { '@luca/cases': 'jsr:^1.2' },
        peerDependencies: { '@luca/cases': 'jsr:^1' },
      }),
    ]
    for (const locked of ['jsr:^1.2', 'jsr:^1']) {
      expect(run({ manifests, projects: [project({ '@luca/cases': locked })] })).toEqual([])
    }
  })

  test('on an optional peer that is not installed', () => {
    const manifests = [
      createManifest(
        { peerDependencies: { '@luca/cases': 'jsr:^1' } },
        { optionalPeers: ['@luca/cases'] },
      ),
    ]
    expect(run({ manifests, projects: [project({})], packages: [] })).toEqual([])
    expect(run({ manifests, projects: [project({ '@luca/cases': 'jsr:^1' })] })).toEqual([])
  })

  test('where there is no lockfile', () => {
    expect(check('stale-lockfile', createContext({ manifests: [asks('jsr:^1')] }))).toEqual([])
  })
})

describe('warns', () => {
  test.for([
    [
      'of another range',
      'jsr:^1',
      { '@luca/cases': 'npm:@jsr/luca__cases@^2' },
      'has @jsr/luca__cases@^2',
    ],
    [
      'of another package',
      'jsr:^1',
      { '@luca/cases': 'npm:@jsr/evil__pkg@^1' },
      'has @jsr/evil__pkg@^1',
    ],
    [
      'of a package that is not JSR’s',
      'jsr:^1',
      { '@luca/cases': '^1' },
      'has another package in its place',
    ],
    ['of one that the lockfile doesn’t have', 'jsr:^1', {}, "doesn't know of it"],
  ] as const)('%s', ([, specifier, locked, expected]) => {
    expect(run({ manifests: [asks(specifier)], projects: [project(locked)] })).toMatchObject([
      {
        severity: 'warning',
        message: `package.json asks for @jsr/luca__cases@^1, and the lockfile ${expected}`,
        file: 'package-lock.json',
        line: 5,
        package: '@jsr/luca__cases',
      },
    ])
  })

  test('of one that only the lockfile has', () => {
    const projects = [project({ '@luca/cases': 'jsr:^1' })]
    const [finding] = run({ manifests: [createManifest({})], projects })
    expect(finding?.message).toContain("which package.json doesn't ask for")
  })

  test('of a package that is asked for and not locked', () => {
    const projects = [project({ '@luca/cases': 'jsr:^1' })]
    const [finding] = run({ manifests: [asks('jsr:^1')], projects, packages: [] })
    expect(finding?.message).toContain('has no such package')
  })

  test('of that also where the lockfile says nothing of projects', () => {
    expect(run({ manifests: [asks('jsr:^1')], projects: [], packages: [] })).toHaveLength(1)
    expect(run({ manifests: [asks('jsr:^1')], projects: [] })).toEqual([])
  })

  test('of a workspace, folder by folder', () => {
    const inner = createManifest(
      { dependencies: { '@luca/cases': 'jsr:^1' } },
      { file: 'packages/a/package.json', folder: 'packages/a' },
    )
    const manifests = [createManifest({}), inner]
    const good = [project({}), project({ '@luca/cases': 'jsr:^1' }, 'packages/a')]
    expect(run({ manifests, projects: good })).toEqual([])
    const bad = [project({}), project({ '@luca/cases': 'jsr:^1' }, 'packages/ab')]
    expect(run({ manifests, projects: bad })).toHaveLength(1)
  })
})

describe('does not compare', () => {
  test('what the client does not install from', () => {
    const situation = {
      manifests: [asks('jsr:^1')],
      projects: [project({})],
      isAuthoritative: false,
    }
    expect(run(situation)).toEqual([])
  })

  test('what lies above the lockfile', () => {
    const situation = {
      manifests: [asks('jsr:^1')],
      projects: [project({})],
      file: 'tools/package-lock.json',
    }
    expect(run(situation)).toEqual([])
  })

  test('what names no package: invalid-specifier does', () => {
    expect(run({ manifests: [asks('jsr:@nonsense')], projects: [project({})] })).toEqual([])
  })
})
