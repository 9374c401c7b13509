import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { acquireRunLock, type RunLock, type RunLockOptions } from '../../src/project/lock.ts'
import { findState, identifyProcess } from '../../src/project/lock-process.ts'
import { replaceRecord } from '../../src/project/lock-record.ts'
import { createProject } from '../world/project.ts'
import { startDriver } from './driver.ts'

// Many processes are started here, on machines that may have other things to do as well.
const patient = { timeout: 180_000 }

const isLinux = process.platform === 'linux'

async function takeAndRelease(root: string, options?: RunLockOptions): Promise<void> {
  const lock = await acquireRunLock(root, options)
  await lock.release()
}

describe('a run', () => {
  test('keeps its lock where git does not look, and leaves nothing behind', async () => {
    const root = await createProject({})
    const lock = await acquireRunLock(root)
    expect((await readdir(join(root, '.jsr-guard'))).toSorted()).toEqual(['.gitignore', 'lock'])
    expect(await readFile(join(root, '.jsr-guard/.gitignore'), 'utf8')).toBe('*\n')
    await lock.release()
    await lock.release()
    expect(await readdir(root)).toEqual([])
  })

  test('leaves what is not its own', async () => {
    const root = await createProject({ '.jsr-guard/journal.json': 'precious' })
    await takeAndRelease(root)
    const names = await readdir(join(root, '.jsr-guard'))
    expect(names.toSorted()).toEqual(['.gitignore', 'journal.json'])
  })

  test('waits for another one, and says so once', async () => {
    const root = await createProject({})
    const first = await acquireRunLock(root)
    const seen: number[] = []
    const order: string[] = []
    const second = acquireRunLock(root, {
      onWait: ({ pid }) => {
        seen.push(pid)
        order.push('waits')
        void first.release().then(() => order.push('released'))
      },
    })
    await (await second).release()
    expect(seen).toEqual([process.pid])
    expect(order).toEqual(['waits', 'released'])
  })

  test('waits for another one by whatever path it came to the project', async () => {
    const root = await createProject({ 'real/package.json': {} })
    await symlink('real', join(root, 'link'))
    const first = await acquireRunLock(join(root, 'real'))
    const options = { onWait: () => void first.release() }
    await expect(takeAndRelease(join(root, 'link'), options)).resolves.toBeUndefined()
  })

  test('can be told to wait no longer', async () => {
    const root = await createProject({})
    const first = await acquireRunLock(root)
    const stop = new AbortController()
    const second = takeAndRelease(root, { onWait: () => stop.abort(), signal: stop.signal })
    await expect(second).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    await first.release()
    expect(await readdir(root)).toEqual([])
  })

  test('inside another one of the same project is refused instead of waiting for ever', async () => {
    const root = await createProject({})
    const outer = await acquireRunLock(root)
    const inner = takeAndRelease(root, { outerToken: outer.token })
    await expect(inner).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_UNSUPPORTED' })
    await outer.release()
  })

  test.runIf(isLinux)(
    'is known to be inside another one by the process it was started by',
    async () => {
      const root = await createProject({})
      const outer = await acquireRunLock(root)
      const { stderr } = await startDriver(root, 'hold').end
      expect(stderr).toContain('ERR_JSR_GUARD_UNSUPPORTED')
      await outer.release()
    },
  )
})

describe('a run that was killed', () => {
  test('is taken over from', async () => {
    const root = await createProject({})
    const driver = startDriver(root, 'hold')
    expect(await driver.firstLine()).toBe('held')
    driver.process.kill('SIGKILL')
    await driver.end
    await takeAndRelease(root)
    expect(await readdir(root)).toEqual([])
  })

  test.runIf(isLinux).for(['', 'stubborn'])(
    'has its %s client ended first',
    patient,
    async (kind) => {
      const root = await createProject({})
      const driver = startDriver(root, 'client', { args: [kind] })
      const client = await identifyProcess(Number(await driver.firstLine()))
      expect(await findState(client)).toBe('running')
      driver.process.kill('SIGKILL')
      await driver.end
      expect(await findState(client)).toBe('running')
      const lock = await acquireRunLock(root)
      expect(await findState(client)).toBe('gone')
      await lock.release()
    },
  )

  test('may be killed before any of its calls while it takes over itself', patient, async () => {
    const dead = { ...(await identifyProcess(process.pid)), startTime: '1' }
    const record = { token: '0'.repeat(32), process: dead, clients: [] }
    let killAt = 0
    for (let signal: string | null = 'SIGKILL'; signal !== null;) {
      killAt += 1
      const root = await createProject({ '.jsr-guard/lock': record })
      const end = await startDriver(root, 'pass', { killAt }).end
      expect(end.stderr).toBe('')
      signal = end.signal
      await takeAndRelease(root)
      expect(await readdir(root)).toEqual([])
    }
    expect(killAt).toBeGreaterThan(30)
  })
})

test('among many that find a run dead at the same time, one takes over', patient, async () => {
  const root = await createProject({})
  const file = join(root, '.jsr-guard/lock')
  const dead = { ...(await identifyProcess(process.pid)), startTime: '1' }
  const locks: RunLock[] = []
  let active = 0
  const contend = async (_: unknown, index: number): Promise<void> => {
    const lock = await acquireRunLock(root)
    active += 1
    expect(active).toBe(1)
    await readdir(root)
    active -= 1
    locks.push(lock)
    if (index % 4 === 0) await lock.release()
    // As if it had been killed; the others are waiting for just that.
    else await replaceRecord(file, { token: lock.token, process: dead, clients: [] })
  }
  await Promise.all(Array.from({ length: 30 }, contend))
  await takeAndRelease(root)
  for (const lock of locks) await lock.release()
  expect(await readdir(root)).toEqual([])
})

test('among many runs, half of which are killed, each is alone', patient, async () => {
  const root = await createProject({})
  const contend = async (): Promise<void> => {
    for (let round = 0; round < 8; round += 1) {
      const { stderr } = await startDriver(root, 'contend').end
      expect(stderr).toBe('')
    }
  }
  await Promise.all(Array.from({ length: 8 }, contend))
  await takeAndRelease(root)
  const names = await readdir(root)
  const overlaps = names.includes('overlaps') ? await readFile(join(root, 'overlaps'), 'utf8') : ''
  expect(overlaps).toBe('')
  expect(names).not.toContain('.jsr-guard')
  expect((await readFile(join(root, 'done'), 'utf8')).length).toBeGreaterThan(16)
})

describe('a lock that came with a repository', () => {
  const staleAfterMs = 200

  test.runIf(isLinux)('cannot have any process of ours ended', async () => {
    const victim = startVictim()
    const identity = await identifyProcess(victim)
    const strangers = [
      { ...identity, machine: 'another machine' },
      { ...identity, machine: identity.machine.replace(/[0-9a-f]{8}-/, '00000000-') },
      { ...identity, startTime: '1' },
      { ...identity, startTime: undefined },
      { ...identity, pid: -victim },
      { ...identity, pid: String(victim) },
    ]
    const dead = { ...identity, startTime: '1' }
    const record = { token: '0'.repeat(32), process: dead, clients: strangers }
    const root = await createProject({ '.jsr-guard/lock': record })
    await takeAndRelease(root)
    expect(await findState(identity)).toBe('running')
  })

  test('of another machine is waited for, until it has given no sign of life for long', async () => {
    const stranger = { pid: process.pid, startTime: '1', machine: 'another machine' }
    const record = { token: '0'.repeat(32), process: stranger, clients: [] }
    const root = await createProject({ '.jsr-guard/lock': record })
    const seen: number[] = []
    const begin = performance.now()
    await takeAndRelease(root, { staleAfterMs, onWait: ({ pid }) => seen.push(pid) })
    expect(seen).toEqual([process.pid])
    expect(performance.now() - begin).toBeGreaterThanOrEqual(staleAfterMs)
    expect(await readdir(root)).toEqual([])
  })

  test.for([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no record', '[]'],
    ['a number for all processes', { token: '0'.repeat(32), process: { pid: -1, machine: '' } }],
    ['a token that is a path', { token: '../../x', process: { pid: 1, machine: '' }, clients: [] }],
  ] as const)('and holds %s is taken over from', async ([, content]) => {
    const root = await createProject({ 'project/.jsr-guard/lock': content })
    await takeAndRelease(join(root, 'project'), { staleAfterMs })
    expect(await readdir(join(root, 'project'))).toEqual([])
    expect(await readdir(root)).toEqual(['project'])
  })

  test.for([
    ['the lock is a folder', async (root: string) => await mkdir(join(root, '.jsr-guard/lock'))],
    [
      'the lock is a link',
      async (root: string) => await symlink('../precious', join(root, '.jsr-guard/lock')),
    ],
  ] as const)('is refused where %s', async ([, make]) => {
    const root = await createProject({ precious: 'precious', '.jsr-guard/x': '' })
    await make(root)
    const result = takeAndRelease(root, { staleAfterMs })
    await expect(result).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
    expect(await readFile(join(root, 'precious'), 'utf8')).toBe('precious')
  })

  test('is refused where its folder is a link or a file', async () => {
    const root = await createProject({ 'a/package.json': {}, 'b/.jsr-guard': '', 'c/x': '' })
    await symlink('../c', join(root, 'a/.jsr-guard'))
    const refused = { code: 'ERR_JSR_GUARD_JOURNAL' }
    await expect(takeAndRelease(join(root, 'a'))).rejects.toMatchObject(refused)
    await expect(takeAndRelease(join(root, 'b'))).rejects.toMatchObject(refused)
    expect(await readdir(join(root, 'c'))).toEqual(['x'])
  })
})

test('the lock lets a client be recorded again and again', async () => {
  const root = await createProject({})
  const lock = await acquireRunLock(root)
  await Promise.all([lock.recordClient(process.pid), lock.recordClient(process.ppid)])
  const text = await readFile(join(root, '.jsr-guard/lock'), 'utf8')
  const record: { clients: { pid: number }[] } = JSON.parse(text)
  const pids = record.clients.map(({ pid }) => pid)
  expect(new Set(pids)).toEqual(new Set([process.pid, process.ppid]))
  await lock.release()
  expect(await readdir(root)).toEqual([])
})

function startVictim(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child.pid ?? 0
}
