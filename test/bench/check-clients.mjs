// How long jsr-guard takes to read and judge a lockfile of Yarn, Bun, Deno and vlt, beside what its
// bare parser takes and one `new URL` for each address; and, for Yarn 1, beside lockfile-lint. Ends
// with 1 where a target is missed.
//
// Whole processes are compared, each with its start: what a user waits for. Where the bare parser is
// written in JavaScript too, it is also compared with the check in one warm process, which no start
// evens out; `JSON.parse` is native, and there so quick that nothing written in JavaScript comes near.
//
//     npm run build && node test/bench/check-clients.mjs [PACKAGES] [ROUNDS]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readLockfile } from '../../dist/lockfile/read.js'
import { evaluate } from '../../dist/policy/evaluate.js'
import { judgeContext } from '../../dist/policy/judge.js'
import { isAnyDirect, loadBareParser } from './bare-parser.mjs'
import { createProject, inFolders, registry } from './lockfiles.mjs'

// So that nobody pays for the garbage of the run before.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const [packages = '20000', rounds = '7'] = process.argv.slice(2)
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const bareParser = join(here, 'bare-parser.mjs')
const lint = join(here, 'node_modules/lockfile-lint/bin/lockfile-lint.js')
if (!existsSync(guard)) throw new Error('there is no dist: run `npm run build` first')
if (!existsSync(lint)) installLint()

/** npm and pnpm have benches of their own. */
const clients = ['yarn', 'yarn-berry', 'bun', 'deno', 'vlt']
const projects = clients.map((client) => createProject(client, Number(packages)))

const [load] = loadavg()
console.log(
  `${packages} packages, ${rounds} rounds, Node ${process.version}, load ${load.toFixed(1)}\n`,
)
const results = inFolders(projects, (written) => [
  ...written.map(compareProcesses),
  compareWithLint(written.find(({ client }) => client === 'yarn')),
])
for (const project of projects) {
  if (!['deno', 'vlt'].includes(project.client)) results.push(await compareInProcess(project))
}
process.exitCode = results.every(Boolean) ? 0 : 1

function compareProcesses({ client, file, text, folder }) {
  const times = measure([
    () => run(folder, [bareParser, client, join(folder, file)]),
    () => run(folder, [guard, '--cwd', folder, 'check']),
  ])
  return sayFactor(`${client}, ${(text.length / 1e6).toFixed(1)} MB`, times)
}

async function compareInProcess({ client, file, text }) {
  const listAddresses = await loadBareParser(client)
  const times = measure([
    () => {
      if (isAnyDirect(listAddresses(text))) throw new Error(`${file} leads to JSR`)
    },
    () => judge(client, { file, text }),
  ])
  return sayFactor(`${client}, in one process`, times)
}

function sayFactor(what, [floor, check]) {
  const factor = check / floor
  const times = `parser ${floor.toFixed(0)} ms, check ${check.toFixed(0)} ms`
  return say(factor <= 2, `${what}: ${times}: ${factor.toFixed(2)} times (<= 2)`)
}

function compareWithLint({ file, folder }) {
  const rules = ['--type', 'yarn', '--allowed-hosts', 'npm.corp.example', '--validate-https']
  const [check, other] = measure([
    () => run(folder, [guard, '--cwd', folder, 'check']),
    () => run(folder, [lint, '--path', join(folder, file), ...rules]),
  ])
  const factor = other / check
  const times = `check ${check.toFixed(0)} ms, lockfile-lint ${other.toFixed(0)} ms`
  return say(factor >= 4, `yarn: ${times}: ${factor.toFixed(1)} times as fast (>= 4)`)
}

function judge(client, { file, text }) {
  const route = { url: new URL(registry), text: registry, kind: 'scope', from: '.npmrc:1' }
  const content = { type: 'read', lockfile: readLockfile(file, text) }
  const context = judgeContext({
    registry: new URL(registry),
    isRegistryPinned: true,
    tarballs: [],
    clients: [{ name: client, version: undefined, route, routeOf: () => route }],
    manifests: [],
    lockfiles: [{ file, client, isAuthoritative: true, content }],
  })
  const findings = evaluate(context, {})
  if (findings.length > 0) throw new Error(JSON.stringify(findings[0]))
}

/** One after the other, so that both meet the same weather; the best of each counts. */
function measure(works) {
  const best = works.map(() => Infinity)
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [index, work] of works.entries()) {
      collectGarbage()
      const start = performance.now()
      work()
      best[index] = Math.min(best[index], performance.now() - start)
    }
  }
  return best
}

function run(cwd, args) {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { HOME: cwd, PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr}`)
}

function say(isMet, text) {
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${text}`)
  return isMet
}

function installLint() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm, args, { cwd: here, stdio: 'inherit' })
  if (status !== 0) throw new Error('lockfile-lint could not be installed')
}
