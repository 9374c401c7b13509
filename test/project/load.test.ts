import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadProject, type LoadProjectOptions } from '../../src/project/load.ts'
import { emptyEnv, goodCases, goodProject, lockfile, registry } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

const npm = { version: '11.2.0', folder: undefined, nodePath: undefined }

async function load(cwd: string, options: Partial<LoadProjectOptions> = {}) {
  const env = await emptyEnv()
  return await loadProject({ cwd, env, home: env['HOME'] ?? '', npm, ...options })
}

/** Files, and whether npm installs from them. */
async function loadLockfiles(files: Record<string, string | object>, version?: string) {
  const cwd = await createProject({ 'package.json': {}, ...files })
  const { lockfiles } = await load(cwd, { npm: { ...npm, version } })
  return lockfiles.map(({ file, client, isAuthoritative, content }) => [
    file,
    client,
    content.type,
    isAuthoritative,
  ])
}

const lock = lockfile({ 'node_modules/@luca/cases': goodCases })

test('a project is read whole: manifests, route and lockfile', async () => {
  const cwd = await createProject({
    ...goodProject(),
    'package.json': { workspaces: ['packages/*'] },
    'packages/a/package.json': { name: 'a' },
  })
  const { root, manifests, clients, lockfiles, unjudged, leftOut } = await load(cwd)
  expect(root).toBe(cwd)
  expect(manifests.map(({ manifest }) => manifest.file)).toEqual([
    'package.json',
    'packages/a/package.json',
  ])
  expect(clients).toMatchObject([
    { name: 'npm', version: '11.2.0', route: { kind: 'scope', text: registry, from: '.npmrc:1' } },
  ])
  expect(lockfiles).toMatchObject([{ file: 'package-lock.json', content: { type: 'read' } }])
  expect({ unjudged, leftOut }).toEqual({ unjudged: [], leftOut: [] })
})

describe('which of npm’s lockfiles it installs from', () => {
  const files = {
    'package-lock.json': lock,
    'npm-shrinkwrap.json': lock,
    'node_modules/.package-lock.json': lock,
  }
  test.for([
    ['10.9.9', true, false],
    ['11.2.0', true, false],
    ['12.0.0', false, true],
    [undefined, true, true],
  ] as const)('npm %s', async ([version, isShrinkwrap, isPackageLock]) => {
    expect(await loadLockfiles(files, version)).toEqual([
      ['npm-shrinkwrap.json', 'npm', 'read', isShrinkwrap],
      ['package-lock.json', 'npm', 'read', isPackageLock],
      ['node_modules/.package-lock.json', 'npm', 'read', false],
    ])
  })
})

describe('lockfiles that can’t be judged', () => {
  test.for([
    ['pnpm-lock.yaml', '', 'pnpm'],
    ['yarn.lock', '# yarn lockfile v2\n', 'yarn'],
    ['yarn.lock', '__metadata:\n  version: 80\n', 'yarn-berry'],
    ['bun.lock', '', 'bun'],
    ['bun.lockb', '\u0000', 'bun'],
    ['deno.lock', '{}', 'deno'],
    ['vlt-lock.json', '{}', 'vlt'],
  ] as const)('%s (%j) is unreadable', async ([file, text, client]) => {
    expect(await loadLockfiles({ [file]: text })).toEqual([[file, client, 'unreadable', true]])
  })

  const declared = { 'package.json': { packageManager: 'npm@11.2.0' } }
  const { resolved: _, ...withoutAddress } = goodCases
  test.for([
    ['npm has none', {}, true],
    ['npm’s says it all', { 'package-lock.json': lock }, false],
    [
      'npm’s leaves an address out',
      { 'package-lock.json': lockfile({ 'node_modules/@luca/cases': withoutAddress }) },
      true,
    ],
    ['npm’s can’t be read', { 'package-lock.json': 'x' }, true],
    ['npm has only the record in node_modules', { 'node_modules/.package-lock.json': lock }, true],
  ] as const)('a yarn.lock, where %s', async ([, files, isObeyed]) => {
    const cwd = await createProject({ ...declared, ...files, 'yarn.lock': '' })
    const all = await load(cwd)
    const standIns = all.lockfiles.filter(({ file }) => file === 'yarn.lock')
    expect(standIns).toMatchObject([
      { client: 'yarn', content: { type: 'read' } },
      ...(isObeyed ? [{ client: 'npm', content: { type: 'unreadable' } }] : []),
    ])
    const { lockfiles, leftOut } = await load(cwd, { client: 'npm' })
    expect(leftOut).toEqual(isObeyed ? [] : ['yarn.lock'])
    expect(lockfiles.some(({ file }) => file === 'yarn.lock')).toBe(isObeyed)
  })

  test('those beside the folder that the run was started in count as well', async () => {
    const cwd = await createProject({
      'package.json': {},
      'app/pnpm-lock.yaml': '',
      'app/deno.json': '',
    })
    const { root, lockfiles, clients } = await load(join(cwd, 'app'))
    expect(root).toBe(cwd)
    expect(lockfiles).toMatchObject([{ file: 'app/pnpm-lock.yaml', client: 'pnpm' }])
    expect(clients.map(({ name }) => name)).toEqual(['pnpm', 'deno'])
  })
})

describe('a lockfile that is there is never taken for absent', () => {
  test.for([
    ['a folder', (file: string) => mkdir(file), 'it is not a file'],
    ['a link to nothing', (file: string) => symlink('nowhere', file), 'it is a link to nothing'],
    ['no UTF-8', (file: string) => writeFile(file, Buffer.from([0xff])), 'it is not UTF-8'],
    ['UTF-16', (file: string) => writeFile(file, '\uFEFF{}', 'utf16le'), 'it is not UTF-8'],
  ] as const)('%s', async ([, make, reason]) => {
    const cwd = await createProject({ 'package.json': {} })
    await make(join(cwd, 'package-lock.json'))
    const { lockfiles } = await load(cwd)
    expect(lockfiles).toMatchObject([{ content: { type: 'unreadable', reason } }])
  })

  test('of an unknown version', async () => {
    const cwd = await createProject({
      'package.json': {},
      'package-lock.json': '{\n  "lockfileVersion": 9,\n  "packages": {}\n}',
    })
    const { lockfiles } = await load(cwd)
    expect(lockfiles).toMatchObject([{ content: { type: 'unreadable', line: 2 } }])
  })
})

describe('which clients are in use', () => {
  test.for([
    ['nothing says anything', {}, ['npm'], []],
    ['a lockfile of npm’s', { 'package-lock.json': lock }, ['npm'], []],
    ['the record in node_modules', { 'node_modules/.package-lock.json': lock }, ['npm'], []],
    ['a lockfile of Bun’s', { 'bun.lock': '' }, ['bun'], []],
    ['a lockfile of pnpm’s', { 'pnpm-lock.yaml': '' }, ['pnpm'], []],
    ['configuration of pnpm’s', { 'pnpm-workspace.yaml': '' }, ['pnpm'], []],
    ['configuration of Yarn’s', { '.yarnrc.yml': '' }, ['yarn-berry'], []],
    [
      'configuration of one Yarn’s, lockfile of another’s',
      { '.yarnrc.yml': '', 'yarn.lock': '' },
      ['yarn', 'yarn-berry'],
      [],
    ],
    ['a lockfile of Yarn’s', { 'yarn.lock': '__metadata:\n  version: 8\n' }, ['yarn-berry'], []],
    ['configuration of Deno’s', { 'deno.jsonc': '{}' }, ['deno'], []],
    ['a lockfile of vlt’s', { 'vlt-lock.json': '{}' }, ['vlt'], []],
    [
      'packageManager',
      { 'package.json': { packageManager: 'pnpm@10.0.0+sha512.abc' } },
      ['pnpm'],
      [],
    ],
    ['packageManager: npm', { 'package.json': { packageManager: 'npm@11.0.0' } }, ['npm'], []],
    [
      'packageManager of one beside a lockfile of npm’s',
      { 'package.json': { packageManager: 'bun@1.2.3' }, 'package-lock.json': lock },
      ['npm', 'bun'],
      [],
    ],
    [
      'packageManager of one that nobody knows',
      { 'package.json': { packageManager: 'tnpm' } },
      [],
      ['tnpm package.json:2'],
    ],
    [
      'devEngines',
      { 'package.json': { devEngines: { packageManager: { name: 'vlt' } } } },
      ['vlt'],
      [],
    ],
    [
      'devEngines with several',
      {
        'package.json': {
          devEngines: { packageManager: [{ name: 'npm', version: '>=10' }, { name: 'deno' }] },
        },
      },
      ['npm', 'deno'],
      [],
    ],
    [
      'fields of other types',
      { 'package.json': { packageManager: 1, devEngines: { packageManager: [null, 'npm'] } } },
      ['npm'],
      [],
    ],
  ] as const)('%s', async ([, files, clients, unjudged]) => {
    const cwd = await createProject({ 'package.json': {}, ...files })
    const project = await load(cwd)
    expect(project.clients.map(({ name }) => name)).toEqual(clients)
    expect(
      project.unjudged.map(
        ({ name, file, line }) => `${name} ${file}${line === undefined ? '' : `:${line}`}`,
      ),
    ).toEqual(unjudged)
  })

  test('one that is asked for leaves the others out, and names them', async () => {
    const cwd = await createProject({ ...goodProject(), 'bun.lock': '', 'deno.json': '' })
    const { lockfiles, unjudged, leftOut } = await load(cwd, { client: 'npm' })
    expect(lockfiles.map(({ file }) => file)).toEqual(['package-lock.json'])
    expect({ unjudged, leftOut }).toEqual({ unjudged: [], leftOut: ['bun.lock', 'deno.json'] })
  })
})

test.for([
  ['nothing', { 'a.txt': '' }, '.', 'ERR_JSR_GUARD_NOTHING_TO_CHECK'],
  [
    'an .npmrc alone',
    { '.npmrc': `@jsr:registry=${registry}` },
    '.',
    'ERR_JSR_GUARD_NOTHING_TO_CHECK',
  ],
  ['no folder', {}, 'nowhere', 'ERR_JSR_GUARD_USAGE'],
  ['a file in the folder’s place', { 'a.txt': '' }, 'a.txt', 'ERR_JSR_GUARD_USAGE'],
  ['a broken manifest', { 'package.json': '{' }, '.', 'ERR_JSR_GUARD_MANIFEST'],
  [
    'a manifest with a key twice',
    { 'package.json': '{"packageManager":"npm","packageManager":"pnpm"}' },
    '.',
    'ERR_JSR_GUARD_MANIFEST',
  ],
] as const)('%s is an error', async ([, files, folder, code]) => {
  const cwd = await createProject(files)
  await expect(load(join(cwd, folder))).rejects.toMatchObject({ code })
})
