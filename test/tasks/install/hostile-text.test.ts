import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject } from '../../world/project.ts'
import { runGuard, type RunResult } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockfileOf } from './poison.ts'
import { clientOf } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

const token = `npm_${'a1B2'.repeat(9)}`

/** Colours, a bell, text that runs backwards, commands for two CI runners, and a token. */
const hostile = [
  'gotcha\u001b[31m\u0007\u009b1m\u202e\u200b\u2028',
  `::error::${token}`,
  '  ::set-output name=x::y',
  '##vso[task.complete]##[error]\u0085\rover',
].join('\n')

/** The same in one line of an .npmrc, without what makes npm pass over the line. */
const hostileLine = hostile.replaceAll(/[\n\r\u2028#]/g, ' ')

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  await world.serve('hostile.corp.example', ({ url = '' }, response) => {
    const status = url.includes('luca__cases') ? 403 : 200
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: hostile, message: hostile, reason: hostile }))
  })
  await world.serve('garbled.corp.example', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(garbledPackument())
  })
}, patient.timeout)
afterAll(() => world.close())

interface Case {
  readonly title: string
  readonly files: () => Readonly<Record<string, string | object>>
  /** What follows `install`. */
  readonly args?: readonly string[]
  /** What goes before the command. */
  readonly options?: readonly string[]
  /** Whether nothing of the text is shown at all. */
  readonly isHidden?: boolean
}

const dependencies = { '@luca/cases': aliasOfCases }

const cases: readonly Case[] = [
  {
    title: 'the key of a locked package',
    files: () => locked({ [`node_modules/${hostile}`]: lockedCases(world, onJsr()) }),
  },
  {
    title: 'the name and version of a locked package',
    files: () => locked(entry({ ...onJsr(), name: `@jsr/${hostile}`, version: hostile })),
  },
  {
    title: 'the address of a locked package',
    files: () => locked(entry({ resolved: `https://npm.jsr.io/${hostile}/1.0.0.tgz` })),
  },
  {
    title: 'an address of no kind',
    files: () => locked(entry({ resolved: hostile, integrity: hostile })),
  },
  {
    title: 'the hash of a locked package',
    files: () => locked(entry({ ...onJsr(), integrity: `sha512-${hostile}` })),
  },
  {
    title: 'a field of a lockfile',
    files: () => ({ ...project(dependencies), 'package-lock.json': { lockfileVersion: hostile } }),
  },
  {
    title: 'a lockfile that is no JSON',
    files: () => ({ ...project(dependencies), 'package-lock.json': `{"a": ${hostile}` }),
    isHidden: true,
  },
  { title: 'the name of a dependency', files: () => project({ [hostile]: 'jsr:@x' }) },
  {
    title: 'the specifier of a dependency',
    files: () => project({ a: `jsr:${hostile}`, b: `https://npm.jsr.io/${hostile}` }),
  },
  {
    title: 'a manifest that is no JSON',
    files: () => ({ ...project(dependencies), 'package.json': `{"a": ${hostile}` }),
    isHidden: true,
  },
  {
    title: 'the registry in .npmrc',
    files: () => ({
      ...project(dependencies),
      '.npmrc': `@jsr:registry=https://npm.jsr.io/${hostileLine}\nregistry=${hostileLine}\n`,
    }),
  },
  {
    title: 'the key of a policy',
    files: () => ({ ...project(dependencies), 'jsr-guard.json': { [hostile]: 1 } }),
  },
  {
    title: 'the value of a policy',
    files: () => ({ ...project(dependencies), 'jsr-guard.json': { registry: hostile } }),
  },
  {
    title: 'an option',
    files: () => project(dependencies),
    options: ['--severity', `${hostile}=error`],
  },
  {
    title: 'an argument',
    files: () => project(dependencies),
    args: [`jsr:${hostile}`, `https://npm.jsr.io/${hostile}`],
  },
  {
    title: 'what a registry answers when it refuses',
    files: () => ({
      ...project(dependencies),
      '.npmrc': 'registry=https://hostile.corp.example/\n',
    }),
  },
  {
    title: 'the metadata of a registry',
    files: () => ({
      ...project(dependencies),
      '.npmrc': 'registry=https://garbled.corp.example/\n',
    }),
  },
]

const isWindows = process.platform === 'win32'

describe('text that is hostile to terminals does not reach them raw', patient, () => {
  test.for(cases.map((row) => [row.title, row] as const))('from %s', async ([, row]) => {
    const cwd = await createProject(row.files())
    const results = await runAll(cwd, row)
    for (const result of results) expectHarmless(result)
    const output = results.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(output.includes('gotcha')).toBe(row.isHidden !== true)
  })

  test.skipIf(isWindows)('from the name of a folder', async () => {
    const parent = await createProject({})
    const cwd = join(parent, hostile)
    await mkdir(cwd)
    // An empty folder is an error that names it.
    for (const result of await runAll(cwd, {})) {
      expectHarmless(result)
      expect(result.exitCode).not.toBe(0)
    }
  })

  test.skipIf(isWindows)('from the name of a workspace', async () => {
    const dependency = { name: 'part', version: '1.0.0', dependencies: { x: 'jsr:@x' } }
    const cwd = await createProject({
      ...project(dependencies, { workspaces: ['parts/*'] }),
      [`parts/${hostile}/package.json`]: dependency,
    })
    const results = await runAll(cwd, {})
    for (const result of results) expectHarmless(result)
    expect(results.map(({ stdout, stderr }) => stdout + stderr).join('')).toContain('gotcha')
  })
})

/** `check` and `install`, each in text and in JSON. */
async function runAll(
  cwd: string,
  { args = [], options = [] }: Pick<Case, 'args' | 'options'>,
): Promise<RunResult[]> {
  // Node itself prints a manifest that it can't read, where it has something to preload.
  const env = world.env({ NODE_OPTIONS: undefined }, clientOf('11'))
  const results = []
  for (const format of [['--verbose'], ['--format', 'json']]) {
    results.push(await runGuard([...format, ...options, 'check'], { cwd, env }))
    results.push(await runGuard([...format, ...options, 'install', ...args], { cwd, env }))
  }
  return results
}

function expectHarmless({ stdout, stderr }: RunResult): void {
  for (const text of [stdout, stderr]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
    expect(text).not.toMatch(/^\s*::/m)
    expect(text).not.toMatch(/##\w*\[/)
    expect(text).not.toContain(token)
  }
}

function project(requested: object, manifest: object = {}): Record<string, string | object> {
  return {
    'package.json': { name: 'p', dependencies: requested, ...manifest },
    '.npmrc': world.npmrc('good'),
  }
}

function locked(entries: object): Record<string, string | object> {
  return { ...project(dependencies), 'package-lock.json': lockfileOf({ dependencies }, entries) }
}

function entry(fields: object): object {
  return { 'node_modules/@luca/cases': lockedCases(world, fields) }
}

function onJsr(): object {
  return { resolved: world.jsrTarballUrl(jsrName, '1.0.0') }
}

function garbledPackument(): string {
  const tarball = `https://npm.jsr.io/${hostile}/1.0.0.tgz`
  const version = { name: jsrName, version: '1.0.0', deprecated: hostile, dist: { tarball } }
  return JSON.stringify({
    name: jsrName,
    'dist-tags': { latest: '1.0.0', [hostile]: '1.0.0' },
    versions: { '1.0.0': version },
  })
}
