// Time and peak memory of `jsr-guard check` on lockfiles of three sizes, in every format, as whole
// processes. Both must grow with the lockfile and not faster: what each further package costs between
// the last two sizes is held against what it costs between the first two, so that the start of the
// process evens nothing out. Work that grows with the square comes out at four times. Ends with 1
// where a target is missed.
//
//     npm run build && node test/bench/check-growth.mjs [ROUNDS] [CLIENT…]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { clients, createProject, inFolders } from './lockfiles.mjs'

const sizes = [5000, 20_000, 80_000]
const mostGrowth = 1.5

const [rounds = '5', ...wanted] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
if (!existsSync(guard)) throw new Error('there is no dist: run `npm run build` first')

const [load] = loadavg()
console.log(
  `${sizes.join(', ')} packages, ${rounds} rounds, Node ${process.version}, load ${load?.toFixed(1)} on ${availableParallelism()} processors\n`,
)
const results = (wanted.length === 0 ? clients : wanted).map((client) => {
  const projects = sizes.map((size) => createProject(client, size))
  return report(client, inFolders(projects, measure))
})
process.exitCode = results.every(Boolean) ? 0 : 1

/** The sizes in turns, the best of each: whatever else the machine does only makes a run slower. */
function measure(projects) {
  const best = projects.map(() => ({ timeMs: Infinity, cpuMs: Infinity, peakMb: Infinity }))
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [index, { folder }] of projects.entries()) {
      const found = run(folder)
      for (const what of Object.keys(found)) {
        best[index][what] = Math.min(best[index][what], found[what])
      }
    }
  }
  return best
}

function run(folder) {
  const start = performance.now()
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ['--require', join(here, 'usage.cjs'), guard, '--cwd', folder, 'check'],
    {
      cwd: folder,
      env: { HOME: folder, PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    },
  )
  const timeMs = performance.now() - start
  if (status !== 0) throw new Error(`check of ${folder} ended with ${status}: ${stderr}`)
  const [cpu, peak] = output[3].split(' ').map(Number)
  return { timeMs, cpuMs: cpu / 1000, peakMb: peak / 1024 }
}

/** Prints what was measured of a client; whether both targets are met. */
function report(client, results) {
  const list = results.map(({ timeMs }) => `${timeMs.toFixed(0)} ms`)
  console.log(`${client}: ${list.join(', ')}`)
  // On a machine that does other things too, only processor time can be compared.
  const time = sayGrowth(
    'processor time',
    'ms',
    results.map(({ cpuMs }) => cpuMs),
  )
  const memory = sayGrowth(
    'peak memory',
    'MB',
    results.map(({ peakMb }) => peakMb),
  )
  console.log()
  return time && memory
}

function sayGrowth(what, unit, values) {
  const [before, after] = [1, 2].map(
    (at) => (values[at] - values[at - 1]) / (sizes[at] - sizes[at - 1]),
  )
  const growth = after / before
  const isMet = growth <= mostGrowth
  const list = values.map((value) => value.toFixed(0)).join(', ')
  const each = [before, after].map((value) => (value * 1000).toFixed(1)).join(', then ')
  console.log(
    `${isMet ? 'met   ' : 'MISSED'} ${what.padEnd(14)} ${list} ${unit}; each further 1,000: ${each} ${unit}: ${growth.toFixed(2)} times (<= ${mostGrowth})`,
  )
  return isMet
}
