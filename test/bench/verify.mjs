/**
 * `node test/bench/verify.mjs [packages] [runs]`: `jsr-guard verify` of a lockfile with that many
 * `@jsr` packages against a registry on loopback that takes 20 ms for each answer, next to the least
 * that latency and concurrency allow, and to what a bare client takes for the same requests on this
 * machine as busy as it is. Ends with 1 where a target is missed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, get } from 'node:http'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [packages = '1000', runs = '5'] = process.argv.slice(2)
const latencyMs = 20
const concurrency = 16
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const peak = fileURLToPath(new URL('peak.cjs', import.meta.url))
if (!existsSync(guard)) throw new Error('there is no dist: run `npm run build` first')

const tarball = Buffer.alloc(20_000, 'tarball')
const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
const names = Array.from({ length: Number(packages) }, (_, index) => `@jsr/scope__package-${index}`)
let requests = 0

const server = createServer((request, response) => {
  requests += 1
  setTimeout(() => answer(decodeURIComponent(request.url ?? ''), response), latencyMs)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const registry = `http://127.0.0.1:${server.address().port}/npm/`

const folder = mkdtempSync(join(tmpdir(), 'jsr-guard-bench-'))
try {
  writeProject()
  process.exitCode = report(await measure()) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
  server.closeAllConnections()
  server.close()
}

function answer(path, response) {
  if (path.endsWith('.tgz')) return response.writeHead(200).end(tarball)
  const name = path.slice('/npm/'.length)
  const versions = Object.fromEntries(
    ['1.0.0', '1.0.1', '1.1.0'].map((version) => [version, describe(name, version)]),
  )
  const time = { '1.0.0': '2026-01-01T00:00:00.000Z' }
  const body = JSON.stringify({ name, 'dist-tags': { latest: '1.1.0' }, versions, time })
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

function describe(name, version) {
  const dist = { tarball: tarballUrl(name, version), shasum: 'A'.repeat(40), integrity }
  return { name, version, description: '', dist, dependencies: {} }
}

function tarballUrl(name, version) {
  return `${registry}${name}/-/${name.slice('@jsr/'.length)}-${version}.tgz`
}

function writeProject() {
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']))
  const entries = names.map((name) => [
    `node_modules/${name}`,
    { version: '1.0.0', resolved: tarballUrl(name, '1.0.0'), integrity },
  ])
  const lockfile = {
    name: 'p',
    lockfileVersion: 3,
    packages: { '': { name: 'p', dependencies }, ...Object.fromEntries(entries) },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'p', dependencies }))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile))
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n@jsr:registry=${registry}\n`)
}

async function measure() {
  const results = []
  for (let run = 0; run < Number(runs); run += 1) {
    requests = 0
    const measured = { ...(await verify()), requests }
    results.push({ ...measured, bareMs: await askBare() })
  }
  return results
}

async function verify() {
  const start = performance.now()
  const child = spawn(
    process.execPath,
    ['--require', peak, guard, '--cwd', folder, '--quiet', 'verify'],
    {
      env: { HOME: folder, PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  )
  let said = ''
  let peakKb = ''
  child.stdout.on('data', (data) => (said += data))
  child.stderr.on('data', (data) => (said += data))
  child.stdio[3].on('data', (data) => (peakKb += data))
  const [exitCode] = await once(child, 'close')
  if (exitCode !== 0) throw new Error(`verify ended with ${exitCode}: ${said}`)
  return { timeMs: performance.now() - start, peakMb: Number(peakKb) / 1024 }
}

/** The same requests, by Node's own client, with nothing made of the answers. */
async function askBare() {
  const start = performance.now()
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const paths = names.flatMap((name) => [`${registry}${name}`, tarballUrl(name, '1.0.0')])
  await Promise.all(
    paths.map(async (url) => {
      const [response] = await once(get(url, { agent }), 'response')
      await once(response.resume(), 'end')
    }),
  )
  agent.destroy()
  return performance.now() - start
}

/** Prints what was measured; whether all targets are met. */
function report(results) {
  const [load] = loadavg()
  const best = Math.min(...results.map(({ timeMs }) => timeMs))
  const peakMb = Math.max(...results.map((result) => result.peakMb))
  const bareMs = Math.min(...results.map((result) => result.bareMs))
  const asked = results[0].requests
  const boundMs = (asked / concurrency) * latencyMs
  console.log(
    `${packages} packages, ${runs} runs, Node ${process.version}, load ${load.toFixed(1)} on ${availableParallelism()} processors`,
  )
  console.log(
    `${asked} requests of ${latencyMs} ms, ${concurrency} at a time: ${boundMs} ms at least`,
  )
  console.log(`times ${results.map(({ timeMs }) => `${timeMs.toFixed(0)} ms`).join(', ')}`)
  console.log(
    `best ${best.toFixed(0)} ms, ${(best / boundMs).toFixed(2)} times the bound, ${(best / bareMs).toFixed(2)} times a bare client's ${bareMs.toFixed(0)} ms; peak ${peakMb.toFixed(0)} MB\n`,
  )
  const targets = [
    [`below 4000 ms`, best < 4000],
    [`below 150 MB`, peakMb < 150],
    ['no request twice', asked === 2 * names.length],
  ]
  for (const [what, isMet] of targets) console.log(`${isMet ? 'met   ' : 'MISSED'} ${what}`)
  return targets.every(([, isMet]) => isMet)
}
