import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runClient, type ClientExit, type RunClientOptions } from '../../src/client/run.ts'
import { createProject } from '../world/project.ts'
import { isRunning } from '../tasks/install/processes.ts'

const program = { command: process.execPath, prefixArguments: ['-e'] }
const isWindows = process.platform === 'win32'

/** Runs a script with Node, and captures what it prints. */
async function run(
  script: string,
  { args = [], ...options }: { readonly args?: readonly string[] } & Partial<RunClientOptions> = {},
): Promise<ClientExit> {
  return await runClient({
    program,
    arguments: [script, ...args],
    cwd: process.cwd(),
    env: {},
    output: 'captured',
    ...options,
  })
}

test.for([0, 1, 3, 128, 255])('keeps the exit code %i', async (code) => {
  const exit = await run(`process.exitCode = ${code}`)
  expect(exit).toMatchObject({ exitCode: code, signal: undefined })
})

test.skipIf(isWindows).for([
  ['SIGTERM', 143],
  ['SIGKILL', 137],
  ['SIGINT', 130],
] as const)('an end by %s is told, and counts as %i', async ([signal, exitCode]) => {
  const exit = await run(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`)
  expect(exit).toMatchObject({ exitCode, signal })
})

test('captures what is printed to the end, and bounds it', async () => {
  const short = await run("process.stdout.write('out'); process.stderr.write('err')")
  expect(short).toMatchObject({ stdout: 'out', stderr: 'err' })
  const { stdout, exitCode } = await run("process.stdout.write('x'.repeat(9_000_000))")
  expect(exitCode).toBe(0)
  expect(stdout.length).toBeGreaterThan(1_000_000)
  expect(stdout.length).toBeLessThanOrEqual(4 * 1024 * 1024)
})

test('gives a captured client no input', async () => {
  const { stdout } = await run("process.stdin.on('end', () => console.log('end')).resume()")
  expect(stdout).toBe('end\n')
})

test('passes arguments, folder and environment on as they are, through no shell', async () => {
  const cwd = await createProject({})
  const args = ['a b', '', '$(touch PWNED)', "'; touch PWNED'", '`x`', '*', '\\', '"', '--flag=ü']
  const script = 'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), process.env]))'
  const { stdout } = await run(script, { args, cwd, env: { ONE: 'a;b', TWO: undefined } })
  const [passed, folder, env] = JSON.parse(stdout)
  expect([passed, folder]).toEqual([args, cwd])
  expect(env).toMatchObject({ ONE: 'a;b' })
  expect(env).not.toHaveProperty('TWO')
  expect(env).not.toHaveProperty('HOME')
})

test('a program that is not there is an error of its own', async () => {
  const missing = { command: join(process.cwd(), 'no-such-program'), prefixArguments: [] }
  await expect(run('', { program: missing })).rejects.toMatchObject({
    code: 'ERR_JSR_GUARD_CLIENT',
  })
})

test('an end that comes while the start is still being noted is not missed', async () => {
  const started: number[] = []
  const exit = await run('process.exitCode = 7', {
    onStart: async (pid) => {
      started.push(pid)
      while (isRunning(pid)) await delay(5)
      await delay(50)
    },
  })
  expect(exit.exitCode).toBe(7)
  expect(started).toHaveLength(1)
})

test('a client whose start can’t be noted is ended', async () => {
  let client = 0
  const end = run('setInterval(() => {}, 1000)', {
    onStart: (pid) => {
      client = pid
      throw new Error('the disk is full')
    },
  })
  await expect(end).rejects.toThrow('the disk is full')
  await expect.poll(() => isRunning(client)).toBe(false)
})

// It has seconds to do so.
describe.skipIf(isWindows)('a client that is told to end', { timeout: 60_000 }, () => {
  test('before it has even started does so', async () => {
    const exit = await run('setInterval(() => {}, 1000)', { stop: AbortSignal.abort('SIGTERM') })
    expect(exit).toMatchObject({ exitCode: 143, signal: 'SIGTERM' })
  })

  test.for([
    ['SIGINT', 'SIGINT'],
    ['SIGHUP', 'SIGHUP'],
    ['SIGTERM', 'SIGTERM'],
    ['anything else', 'SIGTERM'],
  ] as const)('because of %s gets %s', async ([reason, signal]) => {
    expect(await runUntilStopped('', reason)).toMatchObject({ signal })
  })

  test('may end in its own way', async () => {
    const exit = await runUntilStopped("process.on('SIGTERM', () => process.exit(5))", 'SIGTERM')
    expect(exit).toMatchObject({ exitCode: 5, signal: undefined })
  })

  test('and doesn’t is killed', async () => {
    const exit = await runUntilStopped("process.on('SIGTERM', () => {})", 'SIGTERM')
    expect(exit).toMatchObject({ exitCode: 137, signal: 'SIGKILL' })
  })

  test('takes what it has started along, even what outlives it', async () => {
    const grandchild = `process.on('SIGTERM', () => {}); process.send(process.pid); setInterval(() => {}, 1000)`
    const child = `require('node:child_process')
      .spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      .on('message', (pid) => process.send(pid))
      .unref()`
    expect(await runUntilStopped(child, 'SIGTERM', 2)).toMatchObject({ signal: 'SIGTERM' })
  })
})

/** Runs a script that never ends by itself, stops it, and sees that nothing of it is left. */
async function runUntilStopped(script: string, reason: string, reports = 1) {
  const cwd = await createProject({})
  const { server, address } = await listen()
  const stop = new AbortController()
  const pids: number[] = []
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')))
  // What runs reports by a connection: it has set up all by then.
  server.on('connection', (socket) => {
    socket.on('data', (data) => {
      pids.push(Number(data.toString()))
      if (pids.length === reports) stop.abort(reason)
    })
    socket.on('error', () => undefined)
  })
  const report = `process.send = (pid) => require('node:net').connect(${JSON.stringify(address)}).on('error', () => {}).end(String(pid))`
  const exit = await run(
    `${report};${script};process.send(process.pid);setInterval(() => {}, 1000)`,
    { cwd, stop: stop.signal },
  )
  server.close()
  expect(pids).toHaveLength(reports)
  expect(pids.filter(isRunning)).toEqual([])
  return exit
}

async function listen() {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: server.address() }
}
