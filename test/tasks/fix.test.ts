import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkProject, type CheckProjectOptions } from '../../src/tasks/check.ts'
import { fixProject, type FixProjectOptions } from '../../src/tasks/fix.ts'
import { fixProjects } from '../../src/tasks/fix-many.ts'
import { goodCases, integrity, lockfile, registry } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

type Files = Readonly<Record<string, string | object>>

const direct = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
const mapping = `@jsr:registry=${registry}\n`
const manifest = { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } }

/** A project whose lockfile has one entry, by default one that leads to JSR. */
function project(entry: object = {}, others: Files = {}): Files {
  return {
    'package.json': manifest,
    'package-lock.json': lockfile(
      { 'node_modules/@luca/cases': { ...goodCases, resolved: direct, ...entry } },
      manifest,
    ),
    '.npmrc': mapping,
    ...others,
  }
}

async function optionsFor(cwd: string, parts: Partial<FixProjectOptions> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'jsr-guard-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const options: CheckProjectOptions = {
    cwd,
    env: { HOME: home },
    home,
    npm: { version: '11.21.2', folder: undefined, nodePath: undefined },
    pnpm: { version: '10.34.9' },
  }
  return { ...options, mode: 'write' as const, ...parts }
}

/** Fixes a project; which files were changed, and how many errors and warnings are left. */
async function fix(files: Files, parts: Partial<FixProjectOptions> = {}) {
  const cwd = await createProject(files)
  const options = await optionsFor(cwd, parts)
  const { edits } = await fixProject(options)
  const { summary } = await checkProject(options)
  const left = summary.errors + summary.warnings
  return { cwd, files: edits.map(({ file }) => file), left, options }
}

async function read(cwd: string, file: string): Promise<string> {
  return await readFile(join(cwd, file), 'utf8')
}

describe('the mapping', () => {
  const policy = { 'jsr-guard.json': { registry } }

  test('is written where nothing maps the scope', async () => {
    const { cwd, files, left } = await fix({ 'package.json': manifest, ...policy })
    expect({ files, left }).toEqual({ files: ['.npmrc'], left: 0 })
    expect(await read(cwd, '.npmrc')).toBe(mapping)
  })

  test('joins what is there', async () => {
    const npmrc = '; ours\r\nregistry=https://npm.corp.example/npm/\r\n'
    const { cwd } = await fix({ 'package.json': manifest, '.npmrc': npmrc })
    expect(await read(cwd, '.npmrc')).toBe(`${npmrc}@jsr:registry=${registry}\r\n`)
  })

  test.for<readonly [string, Files, string | undefined]>([
    [
      'the project maps it to JSR',
      { '.npmrc': '@jsr:registry=https://npm.jsr.io\n', ...policy },
      '@jsr:registry=https://npm.jsr.io\n',
    ],
    ['no private registry is known', {}, undefined],
    [
      'it would be plain http',
      { 'jsr-guard.json': { registry: 'http://npm.corp.example/npm/' } },
      undefined,
    ],
    [
      'the rule is off',
      { 'jsr-guard.json': { registry, rules: { 'public-route': 'off' } } },
      undefined,
    ],
  ])('is left alone where %s', async ([, others, expected]) => {
    const { cwd, files } = await fix({ 'package.json': manifest, ...others })
    expect(files).toEqual([])
    const npmrc = await read(cwd, '.npmrc').catch(() => undefined)
    expect(npmrc).toBe(expected)
  })
})

describe('the mapping for other clients', () => {
  const policy = { 'jsr-guard.json': { registry } }
  const bunfig = '[install]\nexact = true\n'

  test.for<readonly [string, string, Files, readonly string[]]>([
    ['Yarn 1', 'yarn@1.22.22', {}, ['.npmrc']],
    ['Yarn 4', 'yarn@4.18.1', {}, ['.yarnrc.yml']],
    ['Bun', 'bun@1.4.5', {}, ['.npmrc']],
    ['Bun with a bunfig.toml', 'bun@1.4.5', { 'bunfig.toml': bunfig }, ['bunfig.toml']],
    [
      'several clients',
      'npm@11.21.2',
      { 'bunfig.toml': bunfig, '.yarnrc.yml': 'nodeLinker: pnp\n' },
      ['.npmrc', '.yarnrc.yml', 'bunfig.toml'],
    ],
  ])('%s: is written where it looks for it', async ([, packageManager, others, expected]) => {
    const declared = { ...manifest, packageManager }
    const { files, left, options } = await fix({ 'package.json': declared, ...policy, ...others })
    expect({ files, left }).toEqual({ files: expected, left: 0 })
    expect(await fixProject(options)).toMatchObject({ edits: [], kept: [] })
  })

  test.for<readonly [string, string, Files, object, RegExp]>([
    [
      'is written in one line',
      'yarn@4.18.1',
      { '.yarnrc.yml': 'npmScopes: { corp: {} }\n' },
      {},
      /unusual way: add this by hand/,
    ],
    ['has another name', 'yarn@4.18.1', {}, { YARN_RC_FILENAME: '.rc.yml' }, /YARN_RC_FILENAME/],
    [
      'is of vlt, whose lockfile records it',
      'vlt@1.0.4',
      { 'vlt.json': { config: { registry } } },
      {},
      /vlt refuses a lockfile/,
    ],
  ])(
    'a file that %s is left, and it is said why',
    async ([, packageManager, others, env, reason]) => {
      const declared = { ...manifest, packageManager }
      const cwd = await createProject({ 'package.json': declared, ...policy, ...others })
      const options = await optionsFor(cwd)
      const { edits, kept } = await fixProject({ ...options, env: { ...options.env, ...env } })
      expect(edits).toEqual([])
      expect(kept.map((one) => one.reason)).toEqual([expect.stringMatching(reason)])
    },
  )
})

describe('an address in package-lock.json', () => {
  test('leads to the private registry, and the rest of the file stays byte for byte', async () => {
    const text = `\uFEFF${JSON.stringify(
      lockfile({ 'node_modules/@luca/cases': { ...goodCases, resolved: direct } }, manifest),
      undefined,
      '\t',
    )}`.replaceAll('\n', '\r\n')
    const { cwd, left } = await fix(project({}, { 'package-lock.json': text }))
    expect(left).toBe(0)
    expect(await read(cwd, 'package-lock.json')).toBe(text.replace(direct, goodCases.resolved))
  })

  test('is changed in the tables of npm 6 too', async () => {
    const old = { version: '1.0.1', resolved: direct, integrity }
    const text = {
      ...lockfile({ 'node_modules/@luca/cases': { ...goodCases, resolved: direct } }, manifest),
      lockfileVersion: 2,
      dependencies: { a: { version: '1.0.0', dependencies: { '@luca/cases': old } }, b: old },
    }
    const { cwd } = await fix(project({}, { 'package-lock.json': text }))
    expect(await read(cwd, 'package-lock.json')).not.toContain('jsr.io')
  })

  test.for([
    ['has no hash', { integrity: undefined }],
    ['has a weak hash', { integrity: `sha1-${'a'.repeat(27)}=` }],
    ['has a hash of no length', { integrity: 'sha512-YQ==' }],
    ['is of another package', { resolved: 'https://npm.jsr.io/~/11/@jsr/luca__flag/1.0.1.tgz' }],
    ['is of another version', { resolved: 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.2.tgz' }],
    ['tells no package', { resolved: 'https://npm.jsr.io/blob/3f2a' }],
    ['carries credentials', { resolved: direct.replace('//', '//u:p@') }],
    ['is not JSR’s', { resolved: direct.replace('npm.jsr.io', 'npm.jsr.io.evil.example') }],
    ['has a name that JSR would not give', { name: '@jsr/Luca_cases' }],
  ] as const)('stays where the entry %s', async ([, entry]) => {
    const files = project(entry)
    const { cwd, files: changed } = await fix(files)
    expect(changed).toEqual([])
    const text = `${JSON.stringify(files['package-lock.json'], undefined, 2)}\n`
    expect(await read(cwd, 'package-lock.json')).toBe(text)
  })

  test('stays where the policy ignores the finding', async () => {
    const ignore = [{ rule: 'direct-resolution', package: '@jsr/luca__cases', reason: 'known' }]
    const { files } = await fix(project({}, { 'jsr-guard.json': { ignore } }))
    expect(files).toEqual([])
  })

  test('stays in npm’s record, which says what is installed', async () => {
    const record = lockfile({ 'node_modules/@luca/cases': { ...goodCases, resolved: direct } })
    const { files } = await fix(project({}, { 'node_modules/.package-lock.json': record }))
    expect(files).toEqual(['package-lock.json'])
  })

  test('leads to the registry of its scope', async () => {
    const own = 'https://npm.corp.example/luca/'
    const { cwd, left } = await fix(
      project({}, { 'jsr-guard.json': { registry, scopes: { '@luca': own } } }),
    )
    expect(left).toBe(0)
    expect(await read(cwd, 'package-lock.json')).toContain(
      `${own}@jsr/luca__cases/-/luca__cases-1.0.1.tgz`,
    )
  })
})

describe('an address in pnpm-lock.yaml', () => {
  const pnpmLock = (resolution: string): string =>
    [
      "lockfileVersion: '9.0'",
      'importers:',
      '  .:',
      '    dependencies:',
      "      '@luca/cases':",
      '        specifier: npm:@jsr/luca__cases@^1',
      "        version: '@jsr/luca__cases@1.0.1'",
      'packages:',
      "  '@jsr/luca__cases@1.0.1':",
      `    resolution: ${resolution}`,
      'snapshots:',
      "  '@jsr/luca__cases@1.0.1': {}",
      `# tarball: ${direct}`,
      '',
    ].join('\n')
  const pnpmProject = (resolution: string): Files => ({
    'package.json': manifest,
    '.npmrc': mapping,
    'pnpm-lock.yaml': pnpmLock(resolution),
  })

  test.for([
    `{integrity: ${integrity}, tarball: ${direct}}`,
    `{tarball: ${direct}, integrity: ${integrity}}`,
    `{integrity: ${integrity}, tarball: '${direct}'}`,
    `\n      integrity: ${integrity}\n      tarball: ${direct}`,
  ])('leads to the private registry: %s', async (resolution) => {
    const { cwd, left } = await fix(pnpmProject(resolution))
    expect(left).toBe(0)
    const expected = pnpmLock(resolution.replace(direct, goodCases.resolved))
    expect(await read(cwd, 'pnpm-lock.yaml')).toBe(expected)
  })

  test('stays without a hash', async () => {
    const { files } = await fix(pnpmProject(`{tarball: ${direct}}`))
    expect(files).toEqual([])
  })
})

describe('an address in the lockfile of another client', () => {
  const alias = 'npm:@jsr/luca__cases@^1'
  const encoded = encodeURIComponent(direct)
  const sha1 = 'a'.repeat(40)
  const checksum = `10c0/${'a'.repeat(128)}`
  const declare = (packageManager: string): Files => ({
    'package.json': { ...manifest, packageManager },
    '.npmrc': mapping,
  })
  const yarn = (resolved: string, more = `\n  integrity ${integrity}`): Files => ({
    ...declare('yarn@1.22.22'),
    'yarn.lock': `# yarn lockfile v1\n\n\n"@luca/cases@${alias}", "cases@${alias}":\n  version "1.0.1"\n  resolved "${resolved}"${more}\n`,
  })
  const yarnrc = (...lines: readonly string[]): string =>
    [`npmScopes: { jsr: { npmRegistryServer: "${registry}" } }`, ...lines, ''].join('\n')
  const berry = (entry: string, sum = checksum, version = '4.18.1'): Files => ({
    ...declare(`yarn@${version}`),
    '.yarnrc.yml': yarnrc(),
    'yarn.lock': `__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"@luca/cases@${alias}":\n  version: 1.0.1\n  resolution: "${entry}"\n  checksum: ${sum}\n  languageName: node\n  linkType: hard\n\n"p@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "p@workspace:."\n  dependencies:\n    "@luca/cases": "${alias}"\n  languageName: unknown\n  linkType: soft\n`,
  })
  const archive = `@jsr/luca__cases@npm:1.0.1::__archiveUrl=${encoded}`
  const bunLock = (entry: string): Files => ({
    ...declare('bun@1.4.5'),
    'bun.lock': `{\n  // ours\n  "lockfileVersion": 1,\n  "workspaces": { "": { "dependencies": { "@luca/cases": "${alias}", }, }, },\n  "packages": {\n    "@luca/cases": ${entry},\n  }\n}\n`,
  })
  const denoLock = (fields: object): Files => ({
    'package.json': {
      ...manifest,
      devEngines: { packageManager: { name: 'deno', version: '2.9.6' } },
    },
    '.npmrc': mapping,
    'deno.lock': { version: '5', specifiers: { 'npm:@jsr/luca__cases@1': '1.0.1' }, ...fields },
  })

  test.for<readonly [string, Files, string]>([
    ['Yarn 1', yarn(`${direct}#${sha1}`), 'yarn.lock'],
    ['Yarn 4', berry(archive), 'yarn.lock'],
    ['Yarn 4, with the usual key', berry(archive, 'a'.repeat(128)), 'yarn.lock'],
    ['Bun', bunLock(`["@jsr/luca__cases@1.0.1", "${direct}", {}, "${integrity}"]`), 'bun.lock'],
    [
      'Deno',
      denoLock({ npm: { '@jsr/luca__cases@1.0.1': { integrity, tarball: direct } } }),
      'deno.lock',
    ],
  ])(
    '%s: leads to the private registry, and the rest stays byte for byte',
    async ([, files, file]) => {
      const plain = files[file] ?? ''
      const text = (
        typeof plain === 'string' ? plain : JSON.stringify(plain, undefined, 2)
      ).replaceAll('\n', '\r\n')
      const { cwd, files: changed, left, options } = await fix({ ...files, [file]: text })
      expect({ changed, left }).toEqual({ changed: [file], left: 0 })
      const expected = text
        .replaceAll(direct, goodCases.resolved)
        .replaceAll(encoded, encodeURIComponent(goodCases.resolved))
      expect(expected).not.toContain('jsr.io')
      expect(await read(cwd, file)).toBe(expected)
      expect(await fixProject(options)).toMatchObject({ edits: [], kept: [] })
    },
  )

  const patched = `@jsr/luca__cases@patch:@jsr/luca__cases@npm%3A1.0.1%3A%3A__archiveUrl=${encodeURIComponent(encoded)}#./a.patch::version=1.0.1&hash=abc`
  test.for<readonly [string, Files, RegExp]>([
    ['Yarn 1, without a strong hash', yarn(`${direct}#${sha1}`, ''), /no strong hash/],
    [
      'Yarn 1, of another version',
      yarn(direct.replace('1.0.1', '1.0.2')),
      /not that of this package/,
    ],
    ['Yarn 4, without a checksum', berry(archive, "''"), /no strong hash/],
    ['Yarn 4, of another cache', berry(archive, `8/${'a'.repeat(128)}`), /no strong hash/],
    ['Yarn 3', berry(archive, checksum, '3.8.7'), /whether Yarn 3\.8\.7 compares/],
    [
      'a Yarn that is not known',
      { ...berry(archive), 'package.json': manifest },
      /the version of Yarn is not known/,
    ],
    [
      'a Yarn that takes any bytes',
      { ...berry(archive), '.yarnrc.yml': yarnrc('checksumBehavior: update') },
      /sets checksumBehavior/,
    ],
    [
      'a Yarn that packs in another way',
      { ...berry(archive), '.yarnrc.yml': yarnrc('compressionLevel: 9') },
      /no strong hash/,
    ],
    ['a Yarn whose variables are not known', { ...berry(archive), '.env.yarn': '' }, /\.env\.yarn/],
    [
      'a patch',
      berry(patched),
      /not written in a way that can be changed|no strong hash|not that of/,
    ],
    [
      'Bun, without a hash',
      bunLock(`["@jsr/luca__cases@1.0.1", "${direct}", {}, ""]`),
      /no strong hash/,
    ],
    [
      'Bun, by an address',
      bunLock(`["@jsr/luca__cases@${direct}", {}, "${integrity}"]`),
      /another|not/,
    ],
    [
      'Deno, by JSR’s own protocol',
      denoLock({ jsr: { '@luca/cases@1.0.1': { integrity: 'a'.repeat(64) } } }),
      /own protocol/,
    ],
    [
      'vlt',
      {
        'package.json': { ...manifest, packageManager: 'vlt@1.0.4' },
        'vlt.json': { config: { 'scoped-registries': { '@jsr': registry }, registry } },
        'vlt-lock.json': {
          lockfileVersion: 1,
          options: { 'scoped-registries': { '@jsr': registry }, registry },
          nodes: { '~npm~@jsr+luca____cases@1.0.1': [0, '@jsr/luca__cases', integrity, direct] },
          edges: { 'file~_d @luca/cases': `prod ${alias} ~npm~@jsr+luca____cases@1.0.1` },
        },
      },
      /vlt is not known to compare/,
    ],
  ])('%s: stays, and it is said why', async ([, files, reason]) => {
    const cwd = await createProject({ 'jsr-guard.json': { registry }, ...files })
    const { edits, kept } = await fixProject(await optionsFor(cwd))
    expect(edits).toEqual([])
    expect(kept.map((one) => one.reason)).toEqual([expect.stringMatching(reason)])
    expect(kept[0]?.line).toBeGreaterThan(0)
  })
})

describe('jsr: specifiers', () => {
  const asking = { name: 'p', dependencies: { '@luca/cases': 'jsr:^1', path: 'jsr:@std/path@1' } }

  test('are written as aliases where npm is in use', async () => {
    const { cwd, left } = await fix({ 'package.json': asking, '.npmrc': mapping })
    expect(left).toBe(0)
    expect(JSON.parse(await read(cwd, 'package.json'))).toEqual({
      name: 'p',
      dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1', path: 'npm:@jsr/std__path@1' },
    })
  })

  test('stay where the clients in use read them', async () => {
    const declared = { ...asking, packageManager: 'pnpm@10.34.9' }
    const { files } = await fix({ 'package.json': declared, '.npmrc': mapping })
    expect(files).toEqual([])
  })
})

test('a file that a link leads to out of the project is not written', async () => {
  const home = await createProject({ '.npmrc': 'registry=https://home.corp.example/\n' })
  const cwd = await createProject({ 'package.json': manifest, 'jsr-guard.json': { registry } })
  await symlink(join(home, '.npmrc'), join(cwd, '.npmrc'))
  expect(await fixProject(await optionsFor(cwd))).toMatchObject({
    edits: [],
    kept: [{ file: '.npmrc', reason: expect.stringContaining('out of the project') }],
  })
  expect(await read(home, '.npmrc')).toBe('registry=https://home.corp.example/\n')
})

test('a second run changes nothing more, and leaves nothing behind', async () => {
  const { cwd, files, options } = await fix(project())
  expect(files).toEqual(['package-lock.json'])
  const before = await readdir(cwd)
  expect((await fixProject(options)).edits).toEqual([])
  expect(await readdir(cwd)).toEqual(before)
  expect(before.toSorted()).toEqual(['.npmrc', 'package-lock.json', 'package.json'])
})

test('what is only shown is not written', async () => {
  const cwd = await createProject(project())
  const before = await read(cwd, 'package-lock.json')
  const { edits } = await fixProject(await optionsFor(cwd, { mode: 'show' }))
  expect(edits).toMatchObject([{ file: 'package-lock.json', before }])
  expect(await read(cwd, 'package-lock.json')).toBe(before)
})

test('of several projects each is fixed, and one that can’t be judged is passed over', async () => {
  const below = (folder: string, files: Files): Files =>
    Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]))
  const cwd = await createProject({
    ...below('a', project()),
    ...below('b', { ...project(), 'package.json': '{' }),
    ...below('c', project()),
  })
  const results = await fixProjects({ ...(await optionsFor(cwd)), patterns: ['*'] })
  expect(results.map(({ root }) => root)).toEqual([join(cwd, 'a'), join(cwd, 'c')])
  expect(await read(cwd, 'c/package-lock.json')).not.toContain('jsr.io')
})
