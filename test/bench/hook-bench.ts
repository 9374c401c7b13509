import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Client } from '../clients/clients.ts'
import { pnpmClients } from '../clients/pnpm.ts'
import { hookText } from '../pnpm/hooked.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'
import { publishPackages, writeProject } from './install-bench.ts'

/** How large the project is, how often each is run, and with which pnpm. */
export interface HookBenchOptions {
  readonly packages: number
  readonly runs: number
  /** What its version begins with; all for the empty text. */
  readonly version: string
}

/** The most that the hook may add to an install, as a ratio, and to `pnpm list`, in milliseconds. */
const targets = { ratio: 1.05, listMs: 30 }

const variants = {
  none: undefined,
  empty: 'module.exports = { hooks: { readPackage: (manifest) => manifest } }\n',
  guard: hookText,
}

type Variant = keyof typeof variants
type Times = Record<Variant, number[]>

/** Measures, prints, and gives 0 where the targets were met by every pnpm. */
export async function runHookBench(options: HookBenchOptions): Promise<number> {
  const world = await startWorld()
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-bench-')))
  const clients = pnpmClients.filter(({ version }) => version.startsWith(options.version))
  try {
    publishPackages(world, options.packages)
    const met: boolean[] = []
    for (const client of clients) {
      const bench = { world, client, root: join(root, client.version), ...options }
      met.push(report(client, await measure(bench)))
    }
    return met.every(Boolean) ? 0 : 1
  } finally {
    await world.close()
    rmSync(root, { recursive: true, force: true })
  }
}

interface Bench extends HookBenchOptions {
  readonly world: World
  readonly client: Client
  readonly root: string
}

/** A project for each, with a lockfile of its own, and one store for all. */
async function measure(bench: Bench): Promise<{ install: Times; list: Times }> {
  const { world, client, root, packages, runs } = bench
  const env = world.env()
  const run = async (variant: Variant, args: readonly string[]) => {
    const start = performance.now()
    const cwd = join(root, variant)
    const { exitCode, stdout, stderr } = await runClient(client, args, { cwd, env })
    const duration = performance.now() - start
    if (exitCode !== 0) throw new Error(`${variant} failed (${exitCode}):\n${stdout}${stderr}`)
    return duration
  }
  const names = Object.keys(variants) as Variant[]
  for (const variant of names) {
    writeVariant(bench, variant, packages)
    await run(variant, ['install'])
  }
  const install: Times = { none: [], empty: [], guard: [] }
  const list: Times = { none: [], empty: [], guard: [] }
  for (let turn = 0; turn < runs; turn += 1) {
    // Whatever comes first in a turn would find another machine than what comes last.
    for (const variant of turn % 2 === 0 ? names : names.toReversed()) {
      list[variant].push(await run(variant, ['list']))
      rmSync(join(root, variant, 'node_modules'), { recursive: true, force: true })
      install[variant].push(await run(variant, ['install']))
    }
  }
  return { install, list }
}

function writeVariant({ world, root }: Bench, variant: Variant, packages: number): void {
  const cwd = join(root, variant)
  mkdirSync(cwd, { recursive: true })
  writeProject(world, cwd, packages)
  const text = variants[variant]
  if (text !== undefined) writeFileSync(join(cwd, '.pnpmfile.cjs'), text)
}

function report({ version }: Client, { install, list }: { install: Times; list: Times }): boolean {
  const ratio = typical(install.guard) / typical(install.none)
  // For any hook pnpm 12 starts a Node of its own, and for an install two.
  const beside = version.startsWith('12.') ? 'empty' : 'none'
  const listMs = typical(list.guard) - typical(list[beside])
  const isMet = ratio <= targets.ratio && listMs <= targets.listMs
  process.stdout.write(
    [
      `pnpm ${version}: ${isMet ? 'met' : 'MISSED'}`,
      `  warm install  ${format(install)}: ${ratio.toFixed(3)} times (target ${targets.ratio})`,
      `  list          ${format(list)}: ${listMs.toFixed(0)} ms more than ${beside} (target ${targets.listMs})`,
      '',
    ].join('\n'),
  )
  return isMet
}

/**
 * The mean of the quickest third. Whatever else a machine does only makes a run slower, so the slow ones
 * say little; of two rows of the same runs these means differ by less than medians or minima do.
 */
function typical(times: readonly number[]): number {
  const quick = times.toSorted((one, other) => one - other).slice(0, Math.ceil(times.length / 3))
  return quick.reduce((sum, duration) => sum + duration, 0) / quick.length
}

function format(times: Times): string {
  return Object.entries(times)
    .map(([variant, values]) => `${variant} ${typical(values).toFixed(0)} ms`)
    .join(', ')
}
