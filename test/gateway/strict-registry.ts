import http, { type ServerResponse } from 'node:http'
import { portOf } from '../world/network.ts'

/** A private registry that builds upstream paths by npm's convention, as Artifactory and others do. */
export interface StrictRegistry {
  readonly url: string
  /** What it asked its upstream, and was answered. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

/**
 * Starts one before an upstream. What the products are known for, in one:
 *
 * - the tarball is asked for at `/{package}/-/{name}-{version}.tgz`, whatever the packument names;
 * - `HEAD` goes first, and one that is not 200 with a length ends it (Artifactory, vsr);
 * - a redirect is an invalid answer (Google Artifact Registry);
 * - `GET /` must be 200 (Azure), and a `robots.txt` that forbids is obeyed (Google).
 */
export async function startStrictRegistry(upstream: string): Promise<StrictRegistry> {
  const asked: string[] = []
  const ask = async (path: string, method: 'GET' | 'HEAD' = 'GET') => {
    const answer = await fetch(new URL(path, upstream), { method, redirect: 'manual' })
    asked.push(`${method} /${path} ${answer.status}`)
    return answer
  }
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1).split('?')[0] ?? '')
    const tarball = /^(@jsr\/([^/]+))\/-\/\2-(.+)\.tgz$/.exec(path)
    const work =
      tarball === null
        ? sendPackument({ path, ask, response, base: `http://${request.headers.host}/` })
        : sendTarball({ path, ask, response, base: '' })
    work.catch(() => fail(response, 502, 'bad gateway'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Work {
  readonly path: string
  readonly ask: (path: string, method?: 'GET' | 'HEAD') => Promise<Response>
  readonly response: ServerResponse
  readonly base: string
}

async function sendPackument({ path, ask, response, base }: Work): Promise<void> {
  if (!/^@jsr\/[^/]+$/.test(path)) return fail(response, 404, 'not found')
  const [root, robots] = [await ask(''), await ask('robots.txt')]
  const rules = robots.ok ? await robots.text() : ''
  if (!root.ok || /^Disallow: \//m.test(rules)) return fail(response, 502, 'denied by the upstream')
  const answer = await ask(path)
  if (!answer.ok) return fail(response, 404, 'not found')
  const packument = JSON.parse(await answer.text())
  for (const entry of Object.values<{ version: string; dist: { tarball: string } }>(
    packument.versions,
  )) {
    entry.dist.tarball = `${base}${path}/-/${path.slice('@jsr/'.length)}-${entry.version}.tgz`
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument))
}

async function sendTarball({ path, ask, response }: Work): Promise<void> {
  const head = await ask(path, 'HEAD')
  const length = Number(head.headers.get('content-length'))
  if (head.status !== 200 || !(length > 0)) return fail(response, 404, 'not found')
  const answer = await ask(path)
  if (answer.status !== 200) return fail(response, 502, 'invalid redirect URL')
  const body = Buffer.from(await answer.arrayBuffer())
  if (body.length !== length) return fail(response, 502, 'HEAD and GET differ')
  response
    .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length })
    .end(body)
}

function fail(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}
