import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startJsrEndpoint, type JsrEndpoint } from '../gateway/jsr-endpoint.ts'
import { startPnpr, startVerdaccio } from '../gateway/registries.ts'

/** How much is asked, and how often each takes its turn. */
export interface GatewayBenchOptions {
  readonly requests: number
  readonly rounds: number
}

/** One server, by the URL that it is asked at. */
interface Contestant {
  readonly name: string
  readonly url: string
  /** Slow ones are asked less, and the same for as long. */
  readonly share: number
}

interface Measurement {
  readonly perSecond: number
  readonly p99Ms: number
  readonly bytes: number
}

const name = '@jsr/std__path'
const paths = { packuments: name, tarballs: `${name}/-/std__path-1.0.39.tgz` }
const connections = 32
const memoryRequests = 100_000
const megabyte = 1024 * 1024

/** Measures, prints, and gives 0 where all targets were met. */
export async function runGatewayBench(options: GatewayBenchOptions): Promise<number> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-bench-')))
  const jsr = await startJsrEndpoint()
  publish(jsr)
  const gateway = await startGateway(cwd, jsr.url)
  const [verdaccio, pnpr] = [await startVerdaccio(gateway.url), await startPnpr(gateway.url)]
  const bare = await startBare(cwd, gateway.url)
  try {
    const contestants = [
      { name: 'gateway', url: gateway.url, share: 1 },
      { name: 'bare server', url: bare.url, share: 1 },
      { name: 'pnpr', url: pnpr.url, share: 1 },
      { name: 'Verdaccio', url: verdaccio.url, share: 1 / 16 },
    ]
    const results = {
      packuments: await measure('packuments', contestants, options),
      tarballs: await measure('tarballs', contestants, options),
    }
    const peak = await measureMemory(gateway.url)
    return report(results, peak) ? 0 : 1
  } finally {
    await Promise.all([gateway.close(), verdaccio.close(), pnpr.close(), bare.close(), jsr.close()])
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** A package of the size of a popular one of JSR's. */
function publish(jsr: JsrEndpoint): void {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`lib/file-${index}.js`, noise(index, 1200)]),
  )
  for (let patch = 0; patch < 40; patch += 1) {
    const dependencies = { '@jsr/std__internal': '^1.0.5' }
    jsr.build({ name, version: `1.0.${patch}`, dependencies, files: patch === 39 ? files : {} })
  }
}

/** Text that packs as badly as code does. */
function noise(seed: number, length: number): string {
  let state = seed + 1
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return String.fromCharCode(97 + ((state >>> 24) % 16))
  }).join('')
}

interface Server {
  readonly url: string
  readonly close: () => Promise<void>
}

async function startGateway(cwd: string, upstream: string): Promise<Server> {
  const program = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
  const store = ['--store', join(cwd, 'store')]
  const args = [program, 'gateway', '--listen', '127.0.0.1:0', '--upstream', upstream, ...store]
  const { line, close } = await startNode(cwd, args)
  return { url: line.slice(line.lastIndexOf(' ') + 1), close }
}

async function startBare(cwd: string, from: string): Promise<Server> {
  const bytesOf = async (path: string) => {
    const accept = 'application/vnd.npm.install-v1+json'
    return Buffer.from(
      await (await fetch(new URL(path, from), { headers: { accept } })).arrayBuffer(),
    )
  }
  writeFileSync(join(cwd, 'packument'), await bytesOf(paths.packuments))
  writeFileSync(join(cwd, 'tarball'), await bytesOf(paths.tarballs))
  const program = fileURLToPath(new URL('bare-server.mjs', import.meta.url))
  const { line, close } = await startNode(cwd, [program, cwd])
  return { url: `http://127.0.0.1:${line}/`, close }
}

/**
 * All contestants run in the session of the bench. Linux shares the processors out among sessions
 * first, so one with a session of its own would get another share than the rest of them.
 */
async function startNode(
  cwd: string,
  args: readonly string[],
): Promise<{ line: string; close: () => Promise<void> }> {
  const env = { PATH: cwd, HOME: cwd }
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  return {
    line: String(line),
    async close() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

/** Of each, its rounds in their order. */
type Results = ReadonlyMap<string, readonly Measurement[]>

/** All in turns. */
async function measure(
  what: keyof typeof paths,
  contestants: readonly Contestant[],
  { requests, rounds }: GatewayBenchOptions,
): Promise<Results> {
  const runs = new Map<string, Measurement[]>(contestants.map((one) => [one.name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name: who, url, share } of contestants) {
      const measured = await load(new URL(paths[what], url), Math.ceil(requests * share))
      // The first round warms caches and code.
      if (round > 0) runs.get(who)?.push(measured)
    }
    process.stdout.write('.')
  }
  process.stdout.write('\n')
  for (const [who, measured] of runs) {
    const { perSecond, p99Ms, bytes } = medianOf(measured, (one) => one.perSecond)
    const rate = `${perSecond.toFixed(0).padStart(7)} ${what} a second`
    const rest = `p99 ${p99Ms.toFixed(1).padStart(6)} ms, ${bytes.toFixed(0)} bytes each`
    process.stdout.write(`${who.padEnd(12)} ${rate}, ${rest}\n`)
  }
  return runs
}

async function load(url: URL, requests: number): Promise<Measurement> {
  const program = fileURLToPath(new URL('load.mjs', import.meta.url))
  const args = [program, url.href, String(requests), String(connections)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

function medianOf<T>(values: readonly T[], by: (value: T) => number): T {
  const sorted = values.toSorted((a, b) => by(a) - by(b))
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

/** The most that the gateway had in memory while it answered so many requests. */
async function measureMemory(url: string): Promise<number> {
  let peak = 0
  for (let step = 0; step < 20; step += 1) {
    const path = step % 2 === 0 ? paths.packuments : paths.tarballs
    await load(new URL(path, url), memoryRequests / 20)
    const metrics = await (await fetch(new URL('-/metrics', url))).text()
    peak = Math.max(peak, Number(/resident_memory_bytes (\d+)/.exec(metrics)?.[1]) / megabyte)
  }
  return peak
}

function report(results: Record<keyof typeof paths, Results>, peak: number): boolean {
  const lines = [
    `${connections} connections, load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors, Node ${process.version}`,
  ]
  const targets = [
    ...listTargets('packuments', results.packuments),
    ...listTargets('tarballs', results.tarballs),
  ]
  targets.push({
    what: `MB at most over ${memoryRequests} requests`,
    value: peak,
    limit: '< 200',
    isMet: peak < 200,
  })
  for (const { what, value, limit, isMet } of targets) {
    lines.push(`${isMet ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(2)} (${limit})`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  return targets.every(({ isMet }) => isMet)
}

interface Target {
  readonly what: string
  readonly value: number
  readonly limit: string
  readonly isMet: boolean
}

function listTargets(what: string, result: Results): Target[] {
  const rates = (who: string): number[] => (result.get(who) ?? []).map((one) => one.perSecond)
  const gateway = rates('gateway')
  const over = (who: string, least: number, limit: string): Target => {
    // Of the same round, since what else the machine does is another thing from round to round.
    const ratios = rates(who).map((rate, round) => (gateway[round] ?? Number.NaN) / rate)
    const value = medianOf(ratios, (ratio) => ratio)
    return { what: `${what}, times ${who}`, value, limit, isMet: value >= least }
  }
  return [
    over('Verdaccio', 15, '>= 15'),
    over('pnpr', 1, '>= 1'),
    over('bare server', 0.6, '>= 0.6'),
  ]
}
