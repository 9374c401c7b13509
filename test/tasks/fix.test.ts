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
  expect((await fixProject(await optionsFor(cwd))).edits).toEqual([])
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
