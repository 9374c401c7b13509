// Holds `jsr-guard check` on a large package-lock.json against lockfile-lint and against the least
// that has to be done, as whole processes, in turns. Ends with 1 where a target is missed.
//
//   npm run build
//   node test/bench/check-npm.mjs [PACKAGES] [ROUNDS]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { generateProject } from './generate.mjs'

const [packages = '20000', rounds = '15'] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const lint = join(here, 'node_modules/lockfile-lint/bin/lockfile-lint.js')

if (!existsSync(guard)) throw new Error('there is no dist: run `npm run build` first')
if (!existsSync(lint)) installLint()

const folder = mkdtempSync(join(tmpdir(), 'jsr-guard-bench-'))
try {
  generateProject(join(folder, 'project'), Number(packages))
  process.exitCode = report(measure(contestants(join(folder, 'project')))) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

function contestants(project) {
  const lockfile = join(project, 'package-lock.json')
  const rules = ['--type', 'npm', '--allowed-hosts', 'npm.corp.example', '--validate-https']
  return {
    'jsr-guard check': [guard, '--cwd', project, 'check'],
    'lockfile-lint': [lint, '--path', lockfile, ...rules],
    floor: [join(here, 'floor.mjs'), lockfile],
    'jsr-guard --version': [guard, '--version'],
    'node -e 0': ['-e', '0'],
  }
}

/** One run of each for memory and to warm the disk up, then all in turns for time. */
function measure(programs) {
  const results = Object.entries(programs).map(([name, args]) => {
    return {
      name,
      args,
      peakMb: run(args, ['--require', join(here, 'peak.cjs')]).peakMb,
      times: [],
    }
  })
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const { args, times } of results) times.push(run(args, []).timeMs)
  }
  return new Map(results.map(({ name, peakMb, times }) => [name, { peakMb, ...summarize(times) }]))
}

function run(args, options) {
  const start = performance.now()
  const { status, stderr, output } = spawnSync(process.execPath, [...options, ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  const timeMs = performance.now() - start
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr}`)
  return { timeMs, peakMb: Number(output[3]) / 1024 }
}

function summarize(times) {
  const sorted = times.toSorted((a, b) => a - b)
  return { medianMs: sorted[Math.floor(sorted.length / 2)], minMs: sorted[0] }
}

/** Prints what was measured; whether all targets are met. */
function report(results) {
  const [load] = loadavg()
  console.log(
    `${packages} packages, ${rounds} rounds, Node ${process.version}, load ${load?.toFixed(1)} on ${availableParallelism()} processors\n`,
  )
  for (const [name, { medianMs, minMs, peakMb }] of results) {
    const times = `median ${medianMs.toFixed(0).padStart(5)} ms, best ${minMs.toFixed(0).padStart(5)} ms`
    console.log(`${name.padEnd(20)} ${times}, peak ${peakMb.toFixed(0).padStart(4)} MB`)
  }
  console.log()
  return targets(results)
    .map(({ what, value, best, limit, isMet }) => {
      const note = best === undefined ? limit : `${limit}; by the best of each: ${best.toFixed(2)}`
      console.log(`${isMet ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(2)} (${note})`)
      return isMet
    })
    .every(Boolean)
}

/** Medians decide; the best times, which other work on the machine disturbs least, are shown beside. */
function targets(results) {
  const faster = divide(results, 'lockfile-lint', 'jsr-guard check')
  const overFloor = divide(results, 'jsr-guard check', 'floor')
  const start = divide(results, 'jsr-guard --version', 'node -e 0')
  const { peakMb } = results.get('jsr-guard check')
  return [
    {
      what: 'times as fast as lockfile-lint',
      ...faster,
      limit: '>= 4',
      isMet: faster.value >= 4,
    },
    { what: 'times the floor', ...overFloor, limit: '<= 2', isMet: overFloor.value <= 2 },
    { what: 'MB at most', value: peakMb, limit: '< 150', isMet: peakMb < 150 },
    { what: '--version to node -e 0', ...start, limit: '<= 2', isMet: start.value <= 2 },
  ]
}

function divide(results, one, other) {
  const [above, below] = [results.get(one), results.get(other)]
  return { value: above.medianMs / below.medianMs, best: above.minMs / below.minMs }
}

function installLint() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm, args, { cwd: here, stdio: 'inherit' })
  if (status !== 0) throw new Error('lockfile-lint could not be installed')
}
