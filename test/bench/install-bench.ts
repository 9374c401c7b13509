import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { clients, type Client } from '../clients/clients.ts'
import { runClient, runGuard, type RunResult } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

/** How large the project is, and how often each is run. */
export interface InstallBenchOptions {
  readonly packages: number
  readonly runs: number
}

/** The most that verifying may cost, as a ratio of the medians. */
const target = 1.1

/** Measures, prints, and gives 0 where the target was met. */
export async function runInstallBench({ packages, runs }: InstallBenchOptions): Promise<number> {
  const client = clients.find(({ version }) => version.startsWith('11.'))
  if (client === undefined) throw new Error('npm 11 is not in the list of clients')
  const world = await startWorld()
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-bench-')))
  try {
    publishPackages(world, packages)
    writeProject(world, cwd, packages)
    const times = await measure({ world, cwd, client, runs })
    return report(times, packages)
  } finally {
    await world.close()
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** Publishes ordinary packages in chains of ten, each of some kilobytes in some files. */
export function publishPackages(world: World, count: number): void {
  const text = 'module.exports = "some text that a package is made of"\n'.repeat(40)
  for (let index = 0; index < count; index += 1) {
    const next = index % 10 === 9 || index + 1 === count ? {} : { [nameOf(index + 1)]: '^1.0.0' }
    world.publish({
      name: nameOf(index),
      version: '1.0.0',
      manifest: { dependencies: next },
      files: Object.fromEntries(
        Array.from({ length: 12 }, (_, file) => [`lib/file-${file}.js`, text]),
      ),
    })
  }
}

function nameOf(index: number): string {
  return `bench-package-${index}`
}

/** Writes a project that depends on all of them, and on two of JSR. */
export function writeProject(world: World, cwd: string, count: number): void {
  const heads = Array.from({ length: Math.ceil(count / 10) }, (_, index) => nameOf(index * 10))
  const dependencies = {
    '@luca/cases': 'npm:@jsr/luca__cases@^1',
    '@std/path': 'npm:@jsr/std__path@^1',
    ...Object.fromEntries(heads.map((name) => [name, '^1.0.0'])),
  }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'bench', dependencies }))
  writeFileSync(join(cwd, '.npmrc'), world.npmrc('good'))
}

interface Bench {
  readonly world: World
  readonly cwd: string
  readonly client: Client
  readonly runs: number
}

interface Times {
  readonly bare: readonly number[]
  readonly guarded: readonly number[]
}

async function measure({ world, cwd, client, runs }: Bench): Promise<Times> {
  const env = world.env({}, client)
  const bare = async () => await runClient(client, ['install'], { cwd, env, timeoutMs: 300_000 })
  const guarded = async () => await runGuard(['install'], { cwd, env, timeoutMs: 300_000 })
  // The first makes the lockfile and fills the cache; neither of these counts.
  await time(cwd, bare)
  await time(cwd, guarded)
  const times = { bare: [] as number[], guarded: [] as number[] }
  for (let run = 0; run < runs; run += 1) {
    times.bare.push(await time(cwd, bare))
    times.guarded.push(await time(cwd, guarded))
    process.stdout.write('.')
  }
  process.stdout.write('\n')
  return times
}

async function time(cwd: string, run: () => Promise<RunResult>): Promise<number> {
  rmSync(join(cwd, 'node_modules'), { recursive: true, force: true })
  const start = performance.now()
  const { exitCode, stderr, stdout } = await run()
  const duration = performance.now() - start
  if (exitCode !== 0) throw new Error(`a run failed (${exitCode}):\n${stdout}${stderr}`)
  return duration
}

function report({ bare, guarded }: Times, packages: number): number {
  const ratio = median(guarded) / median(bare)
  const isMet = ratio <= target
  process.stdout.write(
    [
      `npm install, ${packages} packages, lockfile and warm cache, ${bare.length} runs each:`,
      `  bare       median ${median(bare).toFixed(0)} ms`,
      `  jsr-guard  median ${median(guarded).toFixed(0)} ms`,
      `  ratio      ${ratio.toFixed(3)} (target: at most ${target.toFixed(2)}): ${isMet ? 'met' : 'MISSED'}`,
      '',
    ].join('\n'),
  )
  return isMet ? 0 : 1
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
