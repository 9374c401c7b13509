/**
 * Does to a project what runs do, in a process of its own that can be killed. Uses the built
 * jsr-guard.
 *
 *     node driver.mjs ROOT translate          lock, recover, translate, restore, release, once
 *     node driver.mjs ROOT edit               the same, with a client that edits in between
 *     node driver.mjs ROOT loop               the same as translate, for ever
 *     node driver.mjs ROOT pass               takes the lock and releases it
 *     node driver.mjs ROOT hold               takes the lock and keeps it
 *     node driver.mjs ROOT client [stubborn]  the same, with a client that outlives it
 *     node driver.mjs ROOT contend            enters a section in which it must be alone
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { recoverTranslation, translateManifests } from '../../dist/project/journal.js'
import { acquireRunLock } from '../../dist/project/lock.js'
import { loadManifests } from '../../dist/project/workspaces.js'

const [root, task, ...rest] = process.argv.slice(2)

const tasks = {
  translate: async () => await run(async () => undefined),
  edit: async () => await run(edit),
  loop: async () => {
    for (;;) await run(async () => console.log('translated'))
  },
  pass: async () => {
    const lock = await acquireRunLock(root)
    await lock.release()
  },
  hold: async () => {
    await acquireRunLock(root)
    console.log('held')
    await wait(1e6)
  },
  client: async () => {
    const lock = await acquireRunLock(root)
    const program = rest[0] === 'stubborn' ? 'process.on("SIGTERM", () => console.log("no"));' : ''
    const client = spawn(
      process.execPath,
      ['-e', `${program} setInterval(() => {}, 1e6); console.log("started")`],
      { stdio: ['ignore', 'pipe', 'ignore'], detached: true },
    )
    await new Promise((resolve) => client.stdout.once('data', resolve))
    await lock.recordClient(client.pid)
    console.log(client.pid)
    await wait(1e6)
  },
  contend,
}

if (globalThis.killAt) globalThis.killAt.isArmed = true
await tasks[task]()
if (globalThis.killAt) console.log(`calls ${globalThis.killAt.calls}`)

async function run(work) {
  const lock = await acquireRunLock(root)
  await recoverTranslation(root)
  const translation = await translateManifests(root, await loadManifests(root), lock)
  await work()
  await translation.restore()
  await lock.release()
}

async function edit() {
  const file = join(root, 'package.json')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"plain"', '"added": "npm:@jsr/std__fs@^1", "plain"'))
}

/** Half of the contenders are killed, at a time that may be before, in or after the section. */
async function contend() {
  if (Math.random() < 0.5)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 60)
  const lock = await acquireRunLock(root)
  const file = join(root, 'section')
  const other = await readFile(file, 'utf8').catch(() => undefined)
  if (other !== undefined && isRunning(Number(other))) {
    await appendFile(join(root, 'overlaps'), `${process.pid} found ${other}\n`)
  }
  await writeFile(file, String(process.pid))
  await wait(Math.random() * 5)
  const now = await readFile(file, 'utf8')
  if (now !== String(process.pid)) {
    await appendFile(join(root, 'overlaps'), `${process.pid} was joined by ${now}\n`)
  }
  await rm(file, { force: true })
  await appendFile(join(root, 'done'), '.')
  await lock.release()
}

/** One that was killed and that nobody has waited for yet can be sent signals, and does nothing any more. */
function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !hasEnded(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function hasEnded(stat) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' && Number(fields[17]) <= 1
}
