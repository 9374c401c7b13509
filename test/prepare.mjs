/**
 * Installs what building and testing need, on a fresh clone or after a lockfile changed; does
 * nothing, in a few milliseconds, where all is there. Plain Node without dependencies: it runs
 * before there are any.
 *
 *     node test/prepare.mjs              the project's own dependencies
 *     node test/prepare.mjs --clients    and the package managers that the tests run
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const withClients = process.argv.includes('--clients')
const folders = withClients ? [root, join(root, 'test', 'clients')] : [root]

for (const folder of folders) {
  if (!isInstalled(folder)) await alone(folder, () => isInstalled(folder) || install(folder))
}

/** npm writes this file last, so a broken-off installation counts as none. */
function isInstalled(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  const wanted = join(folder, 'package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs
}

function install(folder) {
  const modules = join(folder, 'node_modules')
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    // npm would empty the folder that it leads to, which is somebody else's.
    console.error(`${modules} is a link: install where it leads to, or remove it`)
    process.exit(1)
  }
  console.error(`installing the dependencies of ${basename(folder)}`)
  if (runNpm(folder, { args: ['ci'], output: 'ignore' }) === 0) return
  // A lockfile that was made behind a registry without some platforms' optional binaries has no
  // entries for them, and `npm ci` refuses such a lockfile as a whole. This installs what it pins
  // all the same, and leaves it alone.
  const status = runNpm(folder, { args: ['install', '--no-save'], output: process.stderr })
  if (status !== 0) process.exit(status ?? 1)
}

function runNpm(folder, { args, output }) {
  const [command, ...first] = findNpm()
  // What an enclosing `npm run`, or the user's configuration, may have left out is needed here.
  const needed = ['--include=dev', '--include=optional', '--ignore-scripts']
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const { error, status } = spawnSync(command, [...first, ...args, ...needed, ...quiet], {
    cwd: folder,
    env: { ...process.env, npm_config_local_prefix: folder },
    stdio: ['ignore', output, output],
  })
  if (error !== undefined) throw error
  return status
}

/** The npm that runs this script, else the one beside Node, else the one on PATH; never a shell. */
function findNpm() {
  const running = process.env.npm_execpath ?? ''
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const program = [running, beside].find(
    (file) => basename(file) === 'npm-cli.js' && existsSync(file),
  )
  return program === undefined ? ['npm'] : [process.execPath, program]
}

/** Two that start at once must not empty the same node_modules under each other: one waits. */
async function alone(folder, task) {
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `jsr-guard-prepare-${key}`)
  const deadline = Date.now() + 15 * 60_000
  while (!take(lock)) {
    if (Date.now() > deadline) throw new Error(`${lock} is held for too long: remove it`)
    await wait(200)
  }
  try {
    task()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function take(lock) {
  try {
    mkdirSync(lock)
    writeFileSync(join(lock, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

/** Held by a process that is gone, or by one that ended before it could even write its name. */
function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    if (error.code === 'ESRCH') return true
    if (error.code !== 'ENOENT') return false
    return existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 10_000
  }
}
