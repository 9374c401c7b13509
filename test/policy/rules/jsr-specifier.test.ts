import { describe, expect, test } from 'vitest'
import type { ClientInUse } from '../../../src/policy/rule.ts'
import { check, createClient, createContext, createLockfile, createManifest } from '../context.ts'

function run(specifier: string, client: Partial<ClientInUse> = {}, alias = '@luca/cases') {
  const manifests = [createManifest({ dependencies: { [alias]: specifier } })]
  return check('jsr-specifier', createContext({ manifests, clients: [createClient(client)] }))
}

test.for(['npm:@jsr/luca__cases@^1', '^1', 'npm:jsr@^1', 'file:jsr:a', 'xjsr:^1'])(
  'passes %s, which every client reads',
  (specifier) => {
    expect(run(specifier)).toEqual([])
  },
)

test.for(['jsr:^1', 'jsr:@luca/cases@^1', 'JSR:^1'])(
  'warns of %s where npm is in use',
  (specifier) => {
    expect(run(specifier)).toMatchObject([
      {
        severity: 'warning',
        file: 'package.json',
        line: 2,
        hint: 'run jsr-guard install, or write "npm:@jsr/luca__cases@^1"',
      },
    ])
  },
)

test.for([' jsr:@luca/cases@^1', '\tjsr:^1', '\u00A0jsr:^1'])(
  'is an error for %j, for which npm links a folder',
  (specifier) => {
    expect(run(specifier)).toMatchObject([{ severity: 'error' }])
  },
)

test.for([
  ['pnpm', '10.9.0', []],
  ['pnpm', '12.21.0', []],
  ['pnpm', '10.8.9', ['warning']],
  ['pnpm', '9.15.9', ['warning']],
  ['pnpm', undefined, ['warning']],
  ['pnpm', 'next', ['warning']],
  ['yarn-berry', '4.9.0', []],
  ['yarn-berry', '4.8.1', ['warning']],
  ['deno', '2.6.8', []],
  ['deno', '2.6.5', ['warning']],
  ['vlt', undefined, []],
  ['yarn', '1.22.22', ['error']],
  ['bun', '1.4.5', ['error']],
  ['npm', '99.0.0', ['warning']],
] as const)('%s %s: %j', ([name, version, expected]) => {
  expect(run('jsr:^1', { name, version }).map(({ severity }) => severity)).toEqual(expected)
})

test('is one finding where several clients fail', () => {
  const clients = [createClient(), createClient({ name: 'pnpm', version: '9.15.9' })]
  const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]
  const [finding, ...more] = check('jsr-specifier', createContext({ manifests, clients }))
  expect(finding?.message).toMatch(/^npm and pnpm can't read/)
  expect(more).toEqual([])
})

test('says that npm passes over an optional peer', () => {
  const manifests = [
    createManifest(
      { peerDependencies: { '@luca/cases': 'jsr:^1' } },
      { optionalPeers: ['@luca/cases'] },
    ),
  ]
  const [finding] = check('jsr-specifier', createContext({ manifests }))
  expect(finding).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('optional') as string,
  })
})

test('sees overrides', () => {
  const manifests = [createManifest({ overrides: { '@luca/cases': 'jsr:^1' } })]
  expect(check('jsr-specifier', createContext({ manifests }))).toHaveLength(1)
})

test('leaves what names no package to invalid-specifier', () => {
  expect(run('jsr:nonsense', {}, 'cases')).toEqual([])
})

function transitive(specifier: string) {
  const asks = { from: '@scope/parent@1.0.0', alias: '@luca/cases', specifier, line: () => 12 }
  const lockfiles = [createLockfile([], { transitiveSpecifiers: [asks] })]
  return check('jsr-specifier', createContext({ lockfiles }))
}

describe('in a locked package', () => {
  test('says whose it is, and which overrides to type', () => {
    expect(transitive('jsr:^1')).toMatchObject([
      {
        severity: 'warning',
        message: 'npm can\'t read "@luca/cases": "jsr:^1", which @scope/parent@1.0.0 asks for',
        hint: `put {"overrides":{"@scope/parent":{"@luca/cases":"npm:@jsr/luca__cases@^1"}}} into the root's package.json`,
        file: 'package-lock.json',
        line: 12,
      },
    ])
  })

  test('leaves what names no package to invalid-specifier', () => {
    expect(transitive('jsr:@nonsense')).toEqual([])
  })

  test.for<readonly [boolean, readonly string[], string]>([
    [true, ['@scope/parent', '@luca/cases'], 'npm:@jsr/luca__cases@^1'],
    [true, ['@scope/parent@^1', '@luca/cases'], 'npm:@jsr/luca__cases@^1'],
    [true, ['@luca/cases'], '$@luca/cases'],
    [true, ['@luca/cases', '.'], 'npm:@jsr/luca__cases@^1'],
    [true, ['other', '@scope/parent', '@luca/cases'], '1.0.0'],
    [false, ['@scope/other', '@luca/cases'], 'npm:@jsr/luca__cases@^1'],
    [false, ['@luca/cases'], 'jsr:^2'],
    [false, ['@luca/cases'], ' jsr:^2'],
  ])('overrides of the root settle it: %s, %j %j', ([isSettled, keys, specifier]) => {
    const manifest = createManifest({ overrides: { '@luca/cases': specifier } })
    const dependencies = manifest.dependencies.map((one) => ({
      ...one,
      path: ['overrides', ...keys],
    }))
    const asks = {
      from: '@scope/parent@1.0.0',
      alias: '@luca/cases',
      specifier: 'jsr:^1',
      line: () => 1,
    }
    const lockfiles = [createLockfile([], { transitiveSpecifiers: [asks] })]
    const context = createContext({ lockfiles, manifests: [{ ...manifest, dependencies }] })
    const found = check('jsr-specifier', context).filter(({ file }) => file === 'package-lock.json')
    expect(found).toHaveLength(isSettled ? 0 : 1)
  })
})
