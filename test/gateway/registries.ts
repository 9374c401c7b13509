import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pnprProgram } from '../clients/others.ts'
import { portOf } from '../world/network.ts'

/** A real registry in a process of its own, with an upstream for `@jsr`. */
export interface RealRegistry {
  readonly url: string
  readonly pid: number
  close(): Promise<void>
}

/** Starts the real Verdaccio, with fresh storage. */
export async function startVerdaccio(upstream: string): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'jsr-guard-verdaccio-'))
  const program = fileURLToPath(new URL('../world/verdaccio-child.mjs', import.meta.url))
  const env = { PATH: process.env['PATH'], HOME: folder }
  const child = fork(program, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] })
  child.send({
    self_path: join(folder, 'config.yaml'),
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { jsr: { url: upstream } },
    packages: { '@jsr/*': { access: '$all', proxy: 'jsr' } },
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  })
  const ended = once(child, 'exit')
  const failed = ended.then(() => Promise.reject(new Error('Verdaccio did not start')))
  const [port] = await Promise.race([once(child, 'message'), failed])
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid ?? 0,
    async close() {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts the real pnpr, with fresh storage. */
export async function startPnpr(upstream: string): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'jsr-guard-pnpr-'))
  const config = join(folder, 'pnpr.yaml')
  await writeFile(config, formatPnprConfig(folder, upstream))
  const port = await findFreePort()
  const args = ['-c', config, '--listen', `127.0.0.1:${port}`]
  const child = spawn(pnprProgram, args, { env: { HOME: folder }, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await untilListening(port, child)
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid ?? 0,
    async close() {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function formatPnprConfig(folder: string, upstream: string): string {
  return `
storage: ${JSON.stringify(join(folder, 'storage'))}
defaultRegistry: jsr
registries:
  jsr:
    type: upstream
    url: ${upstream}
    public: true
    packages:
      '@jsr/*': {}
`
}

/** pnpr doesn't say which port it took, so it is told one. */
async function findFreePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(port: number, child: ReturnType<typeof spawn>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pnpr ended with ${child.exitCode}`)
    const socket = net.connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await wait(20)
    } finally {
      socket.destroy()
    }
  }
}
