import type { ServerResponse } from 'node:http'
import { createGzip } from 'node:zlib'
import { Readable } from 'node:stream'
import defaults from 'npm-registry-fetch/lib/default-opts.js'
import { jsrPackageOf, sendJson, sendRedirect } from './registry.ts'
import type { Exchange, Registry, RegistryRequest } from './registry.ts'
import type { RegistryName } from './world.ts'

/** Answers a request about an `@jsr` package; anything else is answered as usual. */
type Answer = (asked: RegistryRequest, exchange: Exchange) => boolean

/** Registries that answer badly, or mean to do harm. */
export function hostileRegistries(good: Registry): readonly Registry[] {
  const create = (name: RegistryName, answer: Answer = () => false): Registry => ({
    ...good,
    name,
    host: `${name}.corp.example`,
    intercept: (asked, exchange) =>
      jsrPackageOf(asked) !== undefined && answer(asked, exchange) === true,
  })
  let throttled = 0
  return [
    { ...create('confused'), editVersion: makeLookAlike },
    create('throttled', (_, { response }) => {
      throttled += 1
      return throttled === 1 && sendThrottle(response, '1')
    }),
    create('exhausted', (_, { response }) => sendThrottle(response, '3600')),
    create('broken', (_, { response }) => {
      sendJson(response, 500, { error: 'broken' })
      return true
    }),
    create('slow', (_, { response }) => sendSlowly(response)),
    create('truncated', (_, { response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
      response.write('{"name":', () => response.destroy())
      return true
    }),
    { ...create('wrong-hash'), editVersion: changeHash },
    create('wrong-bytes', ({ type }, { response }) => {
      if (type !== 'tarball') return false
      response.writeHead(200).end('other bytes')
      return true
    }),
    create('huge', ({ type }, { request, response }) => {
      if (type !== 'packument' || request.method === 'HEAD') return false
      response.writeHead(200, { 'content-type': 'application/json' })
      spaces(1024).pipe(response)
      return true
    }),
    create('bomb', ({ type }, { request, response }) => {
      if (type !== 'packument' || request.method === 'HEAD') return false
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      response.writeHead(200, headers)
      spaces(1024).pipe(createGzip()).pipe(response)
      return true
    }),
    create('downgrading', (_, { request, response }) =>
      sendRedirect(response, `http://downgrading.corp.example${request.url}`),
    ),
    create('forwarding', ({ type }, { request, response }) => {
      const path = request.url?.slice(good.prefix.length)
      return type === 'tarball' && sendRedirect(response, `${defaults.registry}${path}`)
    }),
  ]
}

function sendThrottle(response: ServerResponse, seconds: string): true {
  response.setHeader('retry-after', seconds)
  sendJson(response, 429, { error: 'too many requests' })
  return true
}

function sendSlowly(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.once('close', () => clearInterval(timer))
  return true
}

/** So many megabytes of white space, which JSON allows before its value. */
function spaces(megabytes: number): Readable {
  const chunk = Buffer.alloc(1024 * 1024, ' ')
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < megabytes; sent += 1) yield chunk
    })(),
  )
}

type Version = Readonly<Record<string, unknown>>

/** As the public registry writes a version that somebody published there. */
function makeLookAlike(version: Version): object {
  return {
    ...version,
    _id: `${String(version['name'])}@${String(version['version'])}`,
    _npmUser: { name: 'somebody', email: 'somebody@mail.example' },
    maintainers: [{ name: 'somebody', email: 'somebody@mail.example' }],
    dist: {
      ...Object(version['dist']),
      fileCount: 3,
      unpackedSize: 1000,
      signatures: [{ keyid: 'SHA256:a', sig: 'b' }],
    },
  }
}

function changeHash(version: Version): object {
  return {
    ...version,
    dist: {
      ...Object(version['dist']),
      integrity: `sha512-${'A'.repeat(86)}==`,
      shasum: 'A'.repeat(40),
    },
  }
}
