import { createHash } from 'node:crypto'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { portOf } from '../world/network.ts'
import { packFiles, type Packed } from '../world/tarball.ts'

/** One version as JSR has built it for npm. */
interface JsrBuild {
  readonly name: string
  readonly version: string
  /** From 12 on the tarball is in npm's layout, and rebuilt in place. Default 11. */
  readonly revision?: number
  readonly dependencies?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** ISO time of publishing. */
  readonly time?: string
}

/** JSR's npm endpoint as its source has it, on loopback. */
export interface JsrEndpoint {
  readonly url: string
  /** Method and path of all that was asked. */
  readonly requests: readonly string[]
  /** Builds a version, or builds it again: then with other bytes. */
  build(version: JsrBuild): Packed
  /** Takes a version out of the packument; its tarball stays. */
  yank(name: string, version: string): void
  /** Answers in another way, where it gives true. `undefined` ends that. */
  intercept(
    handler: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined,
  ): void
  forget(): void
  close(): Promise<void>
}

interface State {
  /** What packuments name: its own, as JSR's do. */
  url: string
  readonly builds: Map<string, Map<string, { build: JsrBuild; packed: Packed }>>
  /** The bucket: key to bytes, as JSR's worker reads it. */
  readonly objects: Map<string, { readonly body: Buffer; readonly type: string }>
  readonly yanked: Set<string>
  rebuilds: number
}

/**
 * Starts an endpoint that has exactly three kinds of objects: its root, packuments, and tarballs in
 * the layout of their revision. Everything else is 404 in plain text; `Accept` and `Range` are not
 * looked at; SHA-1 is in capitals.
 */
export async function startJsrEndpoint(): Promise<JsrEndpoint> {
  const state: State = {
    url: '',
    builds: new Map(),
    objects: new Map(),
    yanked: new Set(),
    rebuilds: 0,
  }
  const requests: string[] = []
  let handler: Parameters<JsrEndpoint['intercept']>[0]
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (handler?.(request, response) !== true) answer(state, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${portOf(server)}/`
  return {
    url: state.url,
    requests,
    build: (version) => build(state, version),
    yank(name, version) {
      state.yanked.add(`${name}@${version}`)
      writePackument(state, name)
    },
    intercept(next) {
      handler = next
    },
    forget() {
      requests.length = 0
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(state: State, request: IncomingMessage, response: ServerResponse): void {
  const key = decodeURIComponent((request.url ?? '').slice(1))
  if (key === '' || key === '-/ping') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    return
  }
  const object = state.objects.get(key)
  if (object === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 - Not Found')
    return
  }
  const etag = `"${createHash('md5').update(object.body).digest('hex')}"`
  if (request.method === 'GET' && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end()
    return
  }
  const headers = { 'content-type': object.type, 'content-length': object.body.length, etag }
  response.writeHead(200, headers).end(object.body)
}

function build(state: State, version: JsrBuild): Packed {
  const { name, files = {}, dependencies = {}, revision = 11 } = version
  const before = state.builds.get(name)?.get(version.version)
  // JSR stamps the time of the build on every file.
  const stamp = before === undefined ? {} : { 'built-again': String((state.rebuilds += 1)) }
  const manifest = {
    name,
    version: version.version,
    type: 'module',
    dependencies,
    exports: './mod.js',
  }
  const packed = packFiles({
    'package.json': JSON.stringify({ ...manifest, _jsr_revision: revision }),
    'mod.js': `export const version = '${version.version}'\n`,
    ...files,
    ...stamp,
  })
  const versions = state.builds.get(name) ?? new Map<string, { build: JsrBuild; packed: Packed }>()
  versions.set(version.version, { build: version, packed })
  state.builds.set(name, versions)
  const key = tarballKey(version)
  state.objects.set(key, { body: packed.tarball, type: 'application/octet-stream' })
  writePackument(state, name)
  return packed
}

function tarballKey({ name, version, revision = 11 }: JsrBuild): string {
  if (revision < 12) return `~/${revision}/${name}/${version}.tgz`
  return `${name}/-/${name.slice('@jsr/'.length)}-${version}.tgz`
}

function writePackument(state: State, name: string): void {
  const all = [...(state.builds.get(name)?.values() ?? [])]
  const builds = all.filter(({ build: { version } }) => !state.yanked.has(`${name}@${version}`))
  const versions = builds.map(({ build: one, packed }) => [
    one.version,
    renderVersion(state, one, packed),
  ])
  const times = builds.map(({ build: one }) => [
    one.version,
    one.time ?? '2026-01-01T00:00:00.000Z',
  ])
  const packument = {
    name,
    description: 'a package',
    // By the order of the database, in which a pre-release may come first.
    'dist-tags': { latest: builds.at(-1)?.build.version },
    versions: Object.fromEntries(versions),
    time: { created: times[0]?.[1], modified: times.at(-1)?.[1], ...Object.fromEntries(times) },
  }
  const body = Buffer.from(JSON.stringify(packument))
  state.objects.set(name, { body, type: 'application/json' })
}

function renderVersion(state: State, one: JsrBuild, { integrity, shasum }: Packed): object {
  const { name, version, dependencies = {} } = one
  return {
    name,
    version,
    description: '',
    dist: {
      tarball: `${state.url}${tarballKey(one)}`,
      shasum: shasum.toUpperCase(),
      integrity,
    },
    dependencies,
  }
}
