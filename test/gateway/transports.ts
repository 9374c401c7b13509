import http from 'node:http'
import { onTestFinished } from 'vitest'
import { createGateway, createGatewayCore, type GatewayOptions } from '../../src/gateway/handler.ts'
import { nodeCompressors } from '../../src/serve/node-runtime.ts'
import { startNodeServer } from '../../src/serve/node-server.ts'
import { fetchAsNpm } from '../../src/serve/upstream-fetch.ts'

/** What a gateway answered; the body is as it came, still encoded. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** Asks a gateway for a path, sent as it is written. Rejects where the body is cut off. */
export type Ask = (path: string, wishes?: Wishes) => Promise<Answer>

/** How it is asked. */
export interface Wishes {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The same expectations hold in process and across a socket, for each in its runtime's own way. */
export const transports = {
  'in process': async (options: GatewayOptions): Promise<Ask> => {
    const handler = createGateway(options)
    return async (path, { method = 'GET', headers = {} } = {}) => {
      const request = new Request(`http://in-process.example${path}`, { method, headers })
      const response = await handler(request)
      const body = Buffer.from(await response.arrayBuffer())
      return { status: response.status, headers: Object.fromEntries(response.headers), body }
    }
  },
  'over http': async (options: GatewayOptions): Promise<Ask> => {
    const server = await startNodeServer({
      host: '127.0.0.1',
      port: 0,
      createCore: () =>
        createGatewayCore({
          fetch: fetchAsNpm,
          canShare: true,
          compressors: nodeCompressors,
          ...options,
        }),
    })
    onTestFinished(async () => await server.close(0))
    return async (path, wishes) => await askOver(server.url, path, wishes)
  },
}

/** Asks over a socket; the path goes out as it is written. */
export async function askOver(url: string, path: string, wishes: Wishes = {}): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const { method = 'GET', headers = {} } = wishes
  return await new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const plain = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(plain),
          body: Buffer.concat(chunks),
        })
      })
    })
    request.end()
  })
}
