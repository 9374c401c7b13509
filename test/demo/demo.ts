import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { findNpm } from '../../src/client/program.ts'
import { startGuard } from '../world/run.ts'
import type { RunResult } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

/**
 * The main job, twice, in a closed world on loopback: an install that passes, from a real Verdaccio
 * with a stand-in of JSR behind it, and one that is stopped, with a lockfile that points at JSR.
 * Gives the exit code: 0 where both went as they should.
 */
export async function runDemo(): Promise<number> {
  say('… starting Verdaccio as the private registry, and a stand-in of JSR behind it')
  const world = await startWorld({ verdaccio: true })
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-demo-')))
  try {
    const good = await installGood(world, join(folder, 'good'))
    const poisoned = await installPoisoned(world, join(folder, 'poisoned'))
    return summarize([good, poisoned])
  } finally {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Shown {
  readonly title: string
  readonly exitCode: number | undefined
  readonly expectedExitCode: number
  /** How often JSR was asked, past the private registry, by the world's own log. */
  readonly askedJsr: number
  /** How often the private registry asked JSR: that is its job. */
  readonly askedByRegistry: number
}

const manifest = {
  name: 'demo',
  private: true,
  type: 'module',
  dependencies: {
    '@luca/cases': 'jsr:^1',
    '@std/path': 'jsr:^1',
    'is-tiny': '^1.0.0',
  },
}

const program = `import * as cases from '@luca/cases'
import tiny from 'is-tiny'
console.log('imported @luca/cases:', Object.keys(cases).join(', '), '· is-tiny:', typeof tiny)
`

async function installGood(world: World, cwd: string): Promise<Shown> {
  heading('1. A project with jsr: dependencies, installed through the private registry')
  write(cwd, {
    'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
    '.npmrc': world.npmrc('verdaccio'),
    'index.js': program,
  })
  show(cwd, 'package.json')
  const result = await run(world, cwd)
  runProgram(cwd)
  const isSame =
    readFileSync(join(cwd, 'package.json'), 'utf8') ===
    `${JSON.stringify(manifest, undefined, 2)}\n`
  say(`package.json is byte for byte what it was: ${isSame ? 'yes' : 'NO'}`)
  return describe(world, 'good registry', { result, expectedExitCode: isSame ? 0 : -1 })
}

async function installPoisoned(world: World, cwd: string): Promise<Shown> {
  heading('2. The same project, with a lockfile in which one URL was changed to JSR')
  const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
  const alias = { '@luca/cases': 'npm:@jsr/luca__cases@^1' }
  write(cwd, {
    'package.json': `${JSON.stringify({ name: 'demo', dependencies: alias }, undefined, 2)}\n`,
    'package-lock.json': `${JSON.stringify(
      {
        name: 'demo',
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'demo', dependencies: alias },
          'node_modules/@luca/cases': {
            name: '@jsr/luca__cases',
            version: '1.0.1',
            resolved: world.jsrTarballUrl('@jsr/luca__cases', '1.0.1'),
            integrity,
          },
        },
      },
      undefined,
      2,
    )}\n`,
    '.npmrc': world.npmrc('verdaccio'),
  })
  await runBareNpm(world, cwd)
  const result = await run(world, cwd)
  return describe(world, 'poisoned lockfile', { result, expectedExitCode: 1 })
}

/** What the same lockfile does without jsr-guard: the danger is real. */
async function runBareNpm(world: World, cwd: string): Promise<void> {
  world.forget()
  const arguments_ = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  say(`$ npm ${arguments_.join(' ')}`)
  const npm = await findNpm({
    env: process.env,
    platform: process.platform,
    nodePath: process.execPath,
    canRunShims: true,
  })
  const exitCode = await new Promise((resolve, reject) => {
    const child = spawn(npm.command, [...npm.prefixArguments, ...arguments_], {
      cwd,
      env: world.env(),
      stdio: 'inherit',
    })
    child.once('error', reject)
    child.once('close', resolve)
  })
  const asked = world.askedJsr().length
  say(`bare npm ${npm.version}: exit code ${String(exitCode)}, JSR was asked ${asked} times\n`)
  rmSync(join(cwd, 'node_modules'), { recursive: true, force: true })
}

async function run(world: World, cwd: string): Promise<RunResult> {
  world.forget()
  say('$ jsr-guard install')
  const { process: child, result } = startGuard(['install'], { cwd, env: world.env() })
  child.stdout?.pipe(process.stdout, { end: false })
  child.stderr?.pipe(process.stderr, { end: false })
  return await result
}

function runProgram(cwd: string): void {
  const { stdout, stderr } = spawnSync(process.execPath, ['index.js'], { cwd, encoding: 'utf8' })
  say(`$ node index.js\n${stdout}${stderr}`.trimEnd())
}

function describe(
  world: World,
  title: string,
  { result, expectedExitCode }: { result: RunResult; expectedExitCode: number },
): Shown {
  return {
    title,
    exitCode: result.exitCode,
    expectedExitCode,
    askedJsr: world.askedJsr().length,
    askedByRegistry: world.askedJsr('uplink').length,
  }
}

function summarize(shown: readonly Shown[]): number {
  heading('What happened')
  for (const { title, exitCode, askedJsr, askedByRegistry } of shown) {
    const end = exitCode === 0 ? 'installed' : 'stopped'
    say(
      `${title.padEnd(18)} ${end} (exit code ${String(exitCode)}); JSR was asked ${askedJsr} times by the install, ${askedByRegistry} times by the private registry`,
    )
  }
  const isGood = shown.every(
    ({ exitCode, expectedExitCode, askedJsr }) => exitCode === expectedExitCode && askedJsr === 0,
  )
  say(isGood ? '\nBoth went as they should.' : '\nThis is not what should have happened.')
  return isGood ? 0 : 1
}

function show(cwd: string, file: string): void {
  say(`$ cat ${file}\n${readFileSync(join(cwd, file), 'utf8')}`)
}

function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(cwd, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

function heading(text: string): void {
  say(`\n${text}\n${'─'.repeat(text.length)}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
