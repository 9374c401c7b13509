import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, get } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pnprProgram } from '../clients/others.ts'
import { portOf } from './network.ts'

/** A real pnpr that runs. */
export interface Pnpr {
  /** Of the registry that has JSR as its upstream. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts a real pnpr with fresh storage below `directory`, and JSR as its upstream for `@jsr`: that
 * of a world, which has tarballs in either layout, without those that JSR has not got.
 */
export async function startPnpr(directory: string, jsr: string): Promise<Pnpr> {
  const relay = createHttpServer((request, response) => relayJsr(jsr, request, response))
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const upstream = `http://127.0.0.1:${portOf(relay)}/`
  const folder = mkdtempSync(join(directory, 'pnpr-'))
  const packages = { '@jsr/*': {} }
  // YAML holds JSON.
  const config = {
    registries: { jsr: { type: 'upstream', url: upstream, public: true, packages } },
  }
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify({ storage: folder, ...config }))
  const listen = `127.0.0.1:${await findFreePort()}`
  const args = ['--config', join(folder, 'config.yaml'), '--listen', listen]
  const child = spawn(pnprProgram, args, { cwd: folder, env: { HOME: folder, RUST_LOG: 'info' } })
  const ended = once(child, 'exit')
  await Promise.race([
    waitForWords(child.stdout, child.stderr),
    ended.then(() => Promise.reject(new Error('pnpr did not start'))),
  ])
  return {
    url: `http://${listen}/~jsr/`,
    async close() {
      child.kill()
      await ended
      relay.close()
    },
  }
}

function relayJsr(jsr: string, request: IncomingMessage, response: ServerResponse): void {
  const { url = '/' } = request
  if (url.includes('/-/') && url.endsWith('.tgz')) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 - Not Found')
    return
  }
  get(new URL(url, jsr), (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
}

/** It can't be told to take any port. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

async function waitForWords(...outputs: readonly NodeJS.ReadableStream[]): Promise<void> {
  await new Promise<void>((resolve) => {
    let text = ''
    for (const output of outputs) {
      output.on('data', (data) => {
        text += String(data)
        if (text.includes('pnpr listening')) resolve()
      })
    }
  })
}
