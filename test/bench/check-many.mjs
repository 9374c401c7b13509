// Holds `jsr-guard check 'apps/*'` on many projects against the least that has to be done, as whole
// processes, in turns. Ends with 1 where a target is missed.
//
//   npm run build
//   node test/bench/check-many.mjs [PROJECTS] [PACKAGES] [ROUNDS]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { generateProject } from './generate.mjs'

const [projects = '200', packages = '300', rounds = '5'] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

if (!existsSync(guard)) throw new Error('there is no dist: run `npm run build` first')

const folder = mkdtempSync(join(tmpdir(), 'jsr-guard-bench-'))
try {
  for (let index = 0; index < Number(projects); index += 1) {
    generateProject(join(folder, 'apps', `app-${index}`), Number(packages))
  }
  process.exitCode = report(measure()) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

/** Each in turns, the best of them: whatever else the machine does only makes a run slower. */
function measure() {
  const programs = {
    check: [guard, 'check', 'apps/*'],
    floor: [join(here, 'floor.mjs'), ...listLockfiles()],
  }
  const results = Object.entries(programs).map(([name, args]) => ({ name, args, runs: [] }))
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const { args, runs } of results) runs.push(run(args))
  }
  return Object.fromEntries(results.map(({ name, runs }) => [name, best(runs)]))
}

function best(runs) {
  return {
    timeMs: Math.min(...runs.map(({ timeMs }) => timeMs)),
    cpuMs: Math.min(...runs.map(({ cpuMs }) => cpuMs)),
  }
}

function listLockfiles() {
  return Array.from({ length: Number(projects) }, (_, index) =>
    join(folder, 'apps', `app-${index}`, 'package-lock.json'),
  )
}

function run(args) {
  const start = performance.now()
  const preload = ['--require', join(here, 'cpu.cjs')]
  const { status, stderr, output } = spawnSync(process.execPath, [...preload, ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr}`)
  return { timeMs: performance.now() - start, cpuMs: Number(output[3]) / 1000 }
}

/** Prints what was measured; whether all targets are met. */
function report({ check, floor }) {
  const [load] = loadavg()
  console.log(
    `${projects} projects of ${packages} packages, ${rounds} rounds, Node ${process.version}, load ${load?.toFixed(1)} on ${availableParallelism()} processors\n`,
  )
  const seconds = check.timeMs / 1000
  // On a machine that does other things too, only processor time can be compared.
  const overFloor = check.cpuMs / floor.cpuMs
  const targets = [
    { what: 'seconds', value: seconds, limit: '< 3', isMet: seconds < 3 },
    { what: 'times the floor', value: overFloor, limit: '<= 8', isMet: overFloor <= 8 },
  ]
  for (const { what, value, limit, isMet } of targets) {
    console.log(`${isMet ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(2)} (${limit})`)
  }
  return targets.every(({ isMet }) => isMet)
}
