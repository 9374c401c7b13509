import { describe, expect, test } from 'vitest'
import { checkProject } from '../../src/tasks/check.ts'
import { createProject } from '../world/project.ts'

const registry = 'https://npm.corp.example/npm/'
const hash = `sha512-${'A'.repeat(86)}==`
const checksum = `10c0/${'a'.repeat(128)}`
const path = '@jsr/luca__cases/-/luca__cases-1.0.1.tgz'
const direct = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
const alias = 'npm:@jsr/luca__cases@^1'

async function check(files: Readonly<Record<string, string | object>>, options: object = {}) {
  const cwd = await createProject(files)
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const report = await checkProject({ cwd, env: {}, home: cwd, registry, npm, ...options })
  return {
    ...report,
    found: report.findings.map(({ rule, file, line }) => `${rule} ${file}:${line ?? ''}`),
  }
}

const yarnrc = `npmScopes:\n  jsr:\n    npmRegistryServer: "${registry}"\n`
const npmrc = `@jsr:registry=${registry}\n`

/** A project for each client in which `@luca/cases` is locked, to an address or to none. */
const projects: Readonly<
  Record<string, (address: string | undefined) => Record<string, string | object>>
> = {
  yarn: (address) => ({
    'package.json': { packageManager: 'yarn@1.22.22', dependencies: { '@luca/cases': alias } },
    '.npmrc': npmrc,
    'yarn.lock': `# yarn lockfile v1\n\n\n"@luca/cases@${alias}":\n  version "1.0.1"\n${
      address === undefined ? '' : `  resolved "${address}#${'a'.repeat(40)}"\n`
    }  integrity ${hash}\n`,
  }),
  'yarn-berry': (address) => ({
    'package.json': { packageManager: 'yarn@4.18.1', dependencies: { '@luca/cases': alias } },
    '.yarnrc.yml': yarnrc,
    'yarn.lock': `__metadata:\n  version: 10\n  cacheKey: 10c0\n\n"@luca/cases@${alias}":\n  version: 1.0.1\n  resolution: "@jsr/luca__cases@npm:1.0.1${
      address === undefined ? '' : `::__archiveUrl=${encodeURIComponent(address)}`
    }"\n  checksum: ${checksum}\n  languageName: node\n  linkType: hard\n\n"p@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "p@workspace:."\n  dependencies:\n    "@luca/cases": "${alias}"\n  languageName: unknown\n  linkType: soft\n`,
  }),
  bun: (address = '') => ({
    'package.json': { packageManager: 'bun@1.4.5', dependencies: { '@luca/cases': alias } },
    '.npmrc': npmrc,
    'bun.lock': `{\n  "lockfileVersion": 1,\n  "workspaces": { "": { "dependencies": { "@luca/cases": "${alias}" }, }, },\n  "packages": {\n    "@luca/cases": ["@jsr/luca__cases@1.0.1", "${address}", {}, "${hash}"],\n  }\n}\n`,
  }),
  deno: (tarball) => ({
    'package.json': {
      devEngines: { packageManager: { name: 'deno', version: '2.9.6' } },
      dependencies: { '@luca/cases': alias },
    },
    '.npmrc': npmrc,
    'deno.lock': {
      version: '5',
      specifiers: { 'npm:@jsr/luca__cases@1': '1.0.1' },
      npm: { '@jsr/luca__cases@1.0.1': { integrity: hash, tarball } },
      workspace: { packageJson: { dependencies: ['npm:@jsr/luca__cases@1'] } },
    },
  }),
  vlt: (address) => ({
    'package.json': {
      packageManager: 'vlt@1.0.4',
      dependencies: { '@luca/cases': alias },
    },
    'vlt.json': { config: { 'scoped-registries': { '@jsr': registry }, registry } },
    'vlt-lock.json': {
      lockfileVersion: 1,
      options: { 'scoped-registries': { '@jsr': registry }, registry },
      nodes: { '~npm~@jsr+luca____cases@1.0.1': [0, '@jsr/luca__cases', hash, address] },
      edges: { 'file~_d @luca/cases': `prod ${alias} ~npm~@jsr+luca____cases@1.0.1` },
    },
  }),
}

describe.for(Object.keys(projects))('%s', (client) => {
  const project = (address: string | undefined) => projects[client]?.(address) ?? {}

  test('a project in order has nothing to say', async () => {
    for (const address of [`${registry}${path}`, undefined]) {
      const { found, clients, packages } = await check(project(address))
      expect(found).toEqual([])
      expect(clients.map(({ name }) => name)).toEqual([client])
      expect(packages).toMatchObject([{ name: '@jsr/luca__cases', verdict: 'private' }])
    }
  })

  test.for([
    ['JSR', direct, 'direct-resolution'],
    [
      'JSR in capitals, with a port',
      direct.replace('npm.jsr.io', 'NPM.JSR.IO:8443'),
      'direct-resolution',
    ],
    [
      'another place on the same host',
      `https://npm.corp.example/other/${path}`,
      'foreign-resolution',
    ],
    ['another host', `https://files.example/${path}`, 'foreign-resolution'],
    ['plain http', `http://npm.corp.example/npm/${path}`, 'foreign-resolution'],
    ['another package', `${registry}@jsr/evil__pkg/-/evil__pkg-1.0.1.tgz`, 'name-mismatch'],
    ['credentials', `https://npm.corp.example@files.example/npm/${path}`, 'unknown-source'],
    ['a path that climbs', `${registry}..%2f..%2f${path}`, 'foreign-resolution'],
  ] as const)('an address that leads to %s ends non-zero', async ([, address, rule]) => {
    const { findings } = await check(project(address))
    expect(
      findings.filter(({ severity }) => severity === 'error').map((one) => one.rule),
    ).toContain(rule)
  })

  test('a finding says what brings the package in', async () => {
    const { findings } = await check(project(direct))
    expect(findings.find(({ rule }) => rule === 'direct-resolution')?.why).toEqual([
      'package.json',
      '@jsr/luca__cases@1.0.1',
    ])
  })

  test('an entry without an address goes where the configuration leads', async () => {
    const files = { ...project(undefined), '.npmrc': '', '.yarnrc.yml': '', 'vlt.json': {} }
    const { '.yarnrc.yml': yarnFile, 'vlt.json': vltFile, ...rest } = files
    const own = {
      ...rest,
      ...(client === 'yarn-berry' ? { '.yarnrc.yml': yarnFile } : {}),
      ...(client === 'vlt' ? { 'vlt.json': vltFile } : {}),
    }
    const { found, findings } = await check(own)
    const expected = ['yarn-berry', 'deno'].includes(client)
      ? 'direct-route'
      : /public-route|unknown-source/
    expect(found.join('\n')).toMatch(expected)
    expect(findings.some(({ severity }) => severity === 'error')).toBe(true)
  })
})

describe('jsr: says what would really be installed', () => {
  const dependency = { '@luca/cases': 'jsr:^1' }
  test.for<readonly [string, Record<string, string | object>, 'error' | 'warning', RegExp]>([
    [
      'Yarn 1',
      { 'package.json': { packageManager: 'yarn@1.22.22', dependencies: dependency } },
      'error',
      /tag of the npm package/,
    ],
    [
      'Bun',
      { 'package.json': { packageManager: 'bun@1.4.5', dependencies: dependency } },
      'error',
      /git repository on a host called jsr/,
    ],
    [
      'Bun, in overrides',
      { 'package.json': { packageManager: 'bun@1.4.5', overrides: dependency } },
      'error',
      /git repository/,
    ],
    [
      'Bun, in a catalog',
      { 'package.json': { packageManager: 'bun@1.4.5', workspaces: { catalog: dependency } } },
      'error',
      /git repository/,
    ],
    [
      'an old Yarn 4, in resolutions',
      { 'package.json': { packageManager: 'yarn@4.8.1', resolutions: dependency } },
      'warning',
      /Yarn can't read/,
    ],
    [
      'an old Yarn 4, in a catalog',
      {
        'package.json': { packageManager: 'yarn@4.8.1' },
        '.yarnrc.yml': 'catalog:\n  "@luca/cases": "jsr:^1"\n',
      },
      'warning',
      /Yarn can't read/,
    ],
    [
      'an old Yarn 4, in catalogs',
      {
        'package.json': { packageManager: 'yarn@4.8.1' },
        '.yarnrc.yml': 'catalogs:\n  a:\n    "@luca/cases": "jsr:^1"\n',
      },
      'warning',
      /Yarn can't read/,
    ],
    [
      'an old Yarn 4, in packageExtensions',
      {
        'package.json': { packageManager: 'yarn@4.8.1' },
        '.yarnrc.yml':
          'packageExtensions:\n  "b@*":\n    dependencies:\n      "@luca/cases": "jsr:^1"\n',
      },
      'warning',
      /Yarn can't read/,
    ],
    [
      'an old Deno',
      {
        'package.json': {
          devEngines: { packageManager: { name: 'deno', version: '2.6.5' } },
          dependencies: dependency,
        },
      },
      'warning',
      /Deno can't read/,
    ],
    [
      'Deno, in imports',
      { 'deno.json': { imports: { '@luca/cases': 'jsr:@luca/cases@^1/sub' } } },
      'error',
      /asks https:\/\/jsr.io\//,
    ],
    [
      'Deno, in scopes, with comments',
      {
        'deno.jsonc':
          '{ // x\n "scopes": { "./a/": { "@luca/cases/": "jsr:/@luca/cases@^1/" }, }, }',
      },
      'error',
      /asks https:\/\/jsr.io\//,
    ],
    [
      'Deno, in a member',
      {
        'deno.json': { workspace: ['./a'] },
        'a/deno.json': { imports: { c: 'jsr:@luca/cases@1' } },
      },
      'error',
      /asks https:\/\/jsr.io\//,
    ],
    [
      'Deno, in an import map',
      {
        'deno.json': { importMap: 'map.json' },
        'map.json': { imports: { c: 'jsr:@luca/cases@1' } },
      },
      'error',
      /asks https:\/\/jsr.io\//,
    ],
    [
      'Deno, as a plugin',
      { 'deno.json': { lint: { plugins: ['jsr:@luca/lint@1'] } } },
      'error',
      /asks https:\/\/jsr.io\//,
    ],
    [
      'vlt',
      { 'package.json': { packageManager: 'vlt@1.0.4', dependencies: dependency } },
      'error',
      /asks https:\/\/npm.jsr.io\//,
    ],
    [
      'vlt, in modifiers',
      {
        'package.json': { packageManager: 'vlt@1.0.4' },
        'vlt.json': { modifiers: { '#a > #@luca/cases': 'jsr:^1' } },
      },
      'error',
      /asks https:\/\/npm.jsr.io\//,
    ],
    [
      'vlt, in a catalog',
      { 'package.json': { packageManager: 'vlt@1.0.4' }, 'vlt.json': { catalog: dependency } },
      'error',
      /asks https:\/\/npm.jsr.io\//,
    ],
  ])('%s', async ([, files, severity, message]) => {
    const { findings } = await check(files)
    expect(findings.filter(({ rule }) => rule === 'jsr-specifier')).toMatchObject([
      { severity, message: expect.stringMatching(message) },
    ])
  })

  test('a client that reads it has nothing to say of it, and is judged by its route', async () => {
    const files = { 'package.json': { packageManager: 'yarn@4.18.1', dependencies: dependency } }
    expect((await check(files)).found).toEqual(['direct-route package.json:'])
    expect((await check({ ...files, '.yarnrc.yml': yarnrc })).found).toEqual([])
  })

  test('what a locked package asks for counts too', async () => {
    const { findings } = await check({
      'package.json': { packageManager: 'yarn@1.22.22' },
      'yarn.lock': `# yarn lockfile v1\n\n\na@^1:\n  version "1.0.0"\n  resolved "${registry}a/-/a-1.0.0.tgz"\n  integrity ${hash}\n  dependencies:\n    "@luca/cases" "jsr:^1"\n`,
    })
    expect(findings.map(({ rule }) => rule)).toContain('jsr-specifier')
  })

  test('a key of jsr: in a lockfile of Yarn 1 is an error', async () => {
    const { findings } = await check({
      'package.json': { packageManager: 'yarn@1.22.22' },
      '.npmrc': npmrc,
      'yarn.lock': `# yarn lockfile v1\n\n\n"@luca/cases@jsr:^1":\n  version "1.5.0"\n  resolved "${registry}@luca/cases/-/cases-1.5.0.tgz"\n  integrity ${hash}\n`,
    })
    expect(findings).toMatchObject([
      {
        rule: 'unknown-source',
        severity: 'error',
        message: expect.stringContaining('under the tag jsr:^1'),
      },
    ])
  })
})

describe('native packages of Deno', () => {
  const files = {
    'deno.json': { imports: { '@luca/cases': 'jsr:@luca/cases@^1' } },
    'deno.lock': {
      version: '5',
      specifiers: { 'jsr:@luca/cases@1': '1.0.1' },
      jsr: { '@luca/cases@1.0.1': { integrity: 'ab'.repeat(32) } },
    },
    '.npmrc': npmrc,
  }

  test('come from JSR whatever the mapping is', async () => {
    expect((await check(files)).found).toEqual([
      'jsr-specifier deno.json:3',
      'direct-resolution deno.lock:7',
    ])
  })

  test('come from where JSR_URL leads', async () => {
    expect((await check(files, { env: { JSR_URL: registry } })).found).toEqual([])
    const { findings } = await check(files, { env: { JSR_URL: 'https://files.example/' } })
    expect(findings.map(({ rule }) => rule)).toContain('foreign-resolution')
  })
})

describe('every client and every lockfile present is judged', () => {
  test('two lockfiles, of which one is in order', async () => {
    const { found } = await check({
      ...projects['bun']?.(direct),
      ...projects['yarn']?.(`${registry}${path}`),
    })
    expect(found).toContain('direct-resolution bun.lock:5')
  })

  test('two clients that go to different places', async () => {
    const { findings } = await check({
      ...projects['bun']?.(undefined),
      'bunfig.toml': '[install.scopes]\n"@jsr" = "https://other.example/"\n',
      'yarn.lock': '',
    })
    expect(findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`)).toContain(
      'route-conflict bunfig.toml:2',
    )
  })

  test('a binary lockfile is refused with the command that makes it text', async () => {
    const { findings } = await check({ 'package.json': {}, '.npmrc': npmrc, 'bun.lockb': '\u0000' })
    expect(findings).toMatchObject([
      {
        rule: 'unknown-source',
        file: 'bun.lockb',
        hint: expect.stringContaining('--save-text-lockfile'),
      },
    ])
  })
})
