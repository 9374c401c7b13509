/**
 * The closed world of the end-to-end tests: JSR, the public npm registry, private registries of
 * every kind and a CONNECT proxy, all on loopback, under their real names and with certificates of
 * an authority made for the run. Real clients run in it; whom they asked is read from one log.
 *
 * ```ts
 * let world: World
 * beforeAll(async () => { world = await startWorld() })
 * beforeEach(() => world.forget())
 * afterAll(() => world.close())
 *
 * test.for(clients)('$name $version …', async (client) => {
 *   const cwd = await createProject({
 *     'package.json': { dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
 *     '.npmrc': world.npmrc('good'),
 *   })
 *   const result = await runClient(client, ['install'], { cwd, env: world.env() })
 *   expect(result).toMatchObject({ exitCode: 0 })
 *   expect(world.askedJsr()).toEqual([])
 * })
 * ```
 *
 * Beside it: `run.ts` (runClient, runGuard, startGuard), `project.ts` (createProject),
 * `marker.ts` (findMarker), `../clients/clients.ts` (clients).
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../clients/clients.ts'
import { openRegistries } from './addresses.ts'
import type { Address } from './addresses.ts'
import { createAuthority } from './certificates.ts'
import { createEnvironment } from './environment.ts'
import { createNetwork } from './network.ts'
import { publishPackages } from './packages.ts'
import { startProxy } from './proxy.ts'
import { formatJsrUrl, listRegistries } from './registries.ts'
import { createLog, isJsrHost } from './request-log.ts'
import type { RequestLog } from './request-log.ts'
import { createStock, toPublished } from './stock.ts'
import type { Stock } from './stock.ts'
import { openVerdaccio } from './verdaccio.ts'

/** The registries of the world, by what is particular about them. All serve ordinary packages too. */
export type RegistryName =
  /** `npm.jsr.io` itself, only `@jsr` packages. */
  | 'jsr'
  /** The public npm registry's stand-in, under the real name; no `@jsr` packages. */
  | 'public'
  /** `https://npm.corp.example/npm/`: serves `@jsr` packages itself. */
  | 'good'
  /** Good, under the near-miss name `npm.jsr.io.corp.example`. */
  | 'lookalike'
  /** Its packuments name tarballs on JSR. */
  | 'leaky'
  /** Its packuments name tarballs of its own, which are 302 to JSR. */
  | 'redirecting'
  /** Its `@jsr` packuments are 302 to JSR. */
  | 'packument-redirecting'
  /** 401 without `Authorization: Bearer <world.token>`. */
  | 'token'
  /** 403 for every `@jsr` request. */
  | 'forbidden'
  /** Its packuments name tarballs on `blobs.corp-storage.example`. */
  | 'blob'
  /** Its tarballs are 302 to `blobs.corp-storage.example`. */
  | 'blob-redirecting'
  /** 404 for every `@jsr` package. */
  | 'missing'
  /** Accepts, never answers. */
  | 'hanging'
  /** 200 with something that isn't JSON. */
  | 'garbage'
  /** `@jsr` packages as the public registry would have them: somebody's look-alikes, signed by it. */
  | 'confused'
  /** 429 with `Retry-After: 1` for the first `@jsr` request, then good. */
  | 'throttled'
  /** 429 with `Retry-After: 3600` for every `@jsr` request. */
  | 'exhausted'
  /** 500 for every `@jsr` request. */
  | 'broken'
  /** Begins its answers about `@jsr`, and goes on byte by byte without end. */
  | 'slow'
  /** Ends its answers about `@jsr` before their length. */
  | 'truncated'
  /** Its packuments name other hashes than its tarballs and every lockfile have. */
  | 'wrong-hash'
  /** Its packuments are right and its `@jsr` tarballs are of other bytes. */
  | 'wrong-bytes'
  /** Its `@jsr` packuments are a gigabyte, if somebody takes it. */
  | 'huge'
  /** The same, packed into a megabyte. */
  | 'bomb'
  /** Redirects `@jsr` requests to itself over plain http. */
  | 'downgrading'
  /** Redirects `@jsr` tarballs to the public registry. */
  | 'forwarding'
  /** `https://split.corp.example/npm/`: ordinary packages only … */
  | 'split'
  /** … `https://split.corp.example/jsr/`: `@jsr` packages only, on the same host. */
  | 'split-jsr'
  /** A real Verdaccio with JSR as uplink; only with `startWorld({ verdaccio: true })`. */
  | 'verdaccio'

/** One thing that was asked of the world. */
export interface WorldRequest {
  /** `connect`: a CONNECT to the proxy, or a connection round it. `request`: an HTTP request. */
  readonly kind: 'connect' | 'request'
  /** Whether it came through the world's proxy, or round it (the preload, or a loopback URL). */
  readonly via: 'proxy' | 'direct'
  /** Who asked: the client under test, or the world's own Verdaccio filling its store. */
  readonly from: 'client' | 'uplink'
  /** Lower case, without port; '' for a direct connection that named no host. */
  readonly host: string
  readonly port: number
  readonly method: string
  /** As sent, still encoded; '' for a CONNECT. */
  readonly path: string
  /** All headers but Host, lower-case names, raw values. */
  readonly headers: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  readonly proxyAuthorization: string | undefined
  /** What it was answered with (CONNECT: 200, 407, 502); undefined where nothing was. */
  readonly status: number | undefined
}

/** A package version as a test publishes it. */
export interface PackageSource {
  readonly name: string
  readonly version: string
  /** More fields for package.json and packument (dependencies, scripts, bin, bundleDependencies …). */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** Files beside package.json. */
  readonly files?: Readonly<Record<string, string>>
  /** Fields that only the packument has (`_hasShrinkwrap`, `deprecated` …); `dist` is merged. */
  readonly packument?: Readonly<Record<string, unknown>>
  /** A `dist.tarball` that every private and public registry names instead of its own. */
  readonly tarball?: string
  /** ISO time of publishing; default 2026-01-01. */
  readonly time?: string
  /** The registries that have it; default: all that would have a package of that name. */
  readonly registries?: readonly RegistryName[]
}

/** What a published version is pinned by. */
export interface Published {
  /** As private registries and the public one serve it. */
  readonly integrity: string
  readonly tarball: Buffer
  /** As JSR itself serves it; differs only with `jsrVariant: 'marked'`. */
  readonly jsrIntegrity: string
  readonly jsrTarball: Buffer
}

export interface WorldOptions {
  /** Starts a real Verdaccio as well; takes about two seconds more. */
  readonly verdaccio?: boolean
  /** How JSR's packuments lay tarballs out; both are always served. Default `revision` (`/~/11/…`). */
  readonly jsrLayout?: 'revision' | 'npm'
  /** `marked`: JSR's tarballs differ from the private ones and carry `world.marker`. */
  readonly jsrVariant?: 'same' | 'marked'
  /** The proxy asks for these; `world.proxyUrl` and `world.env()` carry them. */
  readonly proxyCredentials?: { readonly username: string; readonly password: string }
}

export type WorldHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface World {
  /** Everything that was asked, in order. */
  readonly log: readonly WorldRequest[]
  /** Connections and requests of the client to that host (and port 443 or any other). */
  asked(host: string): readonly WorldRequest[]
  /** Connections and requests to JSR: `jsr.io` or any host that ends in `.jsr.io`. Default 'client'. */
  askedJsr(from?: WorldRequest['from']): readonly WorldRequest[]
  /** Empties the log. */
  forget(): void
  /** Waits until something that matches has been asked; give the test a time limit. */
  until(matches: (asked: WorldRequest) => boolean): Promise<WorldRequest>

  /** The registry's URL, with its trailing slash: `https://npm.corp.example/npm/`. */
  registry(name: RegistryName): string
  /** The same content over plain http at `http://127.0.0.1:port/…/`; requests log host 127.0.0.1. */
  loopback(name: RegistryName): string
  /** An .npmrc in which both `registry` and `@jsr:registry` are that registry, plus extra lines. */
  npmrc(name: RegistryName, ...lines: readonly string[]): string
  /** What the `token` registry wants as a Bearer token. */
  readonly token: string

  /** Adds a package version to the world. */
  publish(source: PackageSource): Published
  /** A version that is in the world; throws when it isn't. */
  published(name: string, version: string): Published
  /** JSR's URL for the tarball of a version, in the world's layout. */
  jsrTarballUrl(name: string, version: string): string
  /** Adds a host (TLS and plain) that answers as the handler says. */
  serve(host: string, handler: WorldHandler): Promise<void>

  /** Bytes that only JSR's tarballs hold, with `jsrVariant: 'marked'`; see findMarker. */
  readonly marker: string
  /** `http://[user:password@]127.0.0.1:port` */
  readonly proxyUrl: string
  /** The certificate authority, PEM, for NODE_EXTRA_CA_CERTS and the like. */
  readonly caFile: string
  /** The world's temp dir, removed by close(). */
  readonly directory: string
  /**
   * A minimal environment with a fresh HOME and npm cache, the proxy, the authority and the preload
   * that leads connections round the proxy into the world. Nothing is inherited but PATH's system
   * folders. `undefined` in extra takes a variable out. With a client, `npm` on PATH is that one,
   * and `node` the Node it runs on.
   */
  env(extra?: Readonly<Record<string, string | undefined>>, client?: Client): Record<string, string>
  close(): Promise<void>
}

/** Starts a world; close() it in afterAll or onTestFinished. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-world-')))
  const authority = createAuthority()
  const caFile = join(directory, 'ca.pem')
  writeFileSync(caFile, authority.cert)
  const log = createLog()
  const network = await createNetwork(authority, log)
  const proxy = await startProxy({
    network,
    log,
    from: 'client',
    credentials: options.proxyCredentials,
  })
  const ground = { directory, proxyUrl: proxy.url, caFile, directPorts: network.directPorts }
  const layout = options.jsrLayout ?? 'revision'
  const stock = createStock(options.jsrVariant, marker)
  const addresses = await openRegistries({
    network,
    stock,
    registries: listRegistries({ layout, token }),
  })
  const opened =
    options.verdaccio === true
      ? await openVerdaccio({ network, log, addresses, ground })
      : undefined
  const world: World = {
    ...readLog(log),
    ...readAddresses(addresses),
    ...readStock(stock, layout),
    serve: (host, handler) => network.add([host], handler),
    token,
    marker,
    proxyUrl: proxy.url,
    caFile,
    directory,
    env: (extra, client) => createEnvironment(ground, { extra, client }),
    async close() {
      await Promise.all([opened?.close(), proxy.close(), network.close()])
      rmSync(directory, { recursive: true, force: true })
    },
  }
  publishPackages(world)
  return world
}

const token = 'closed-world-token'
const marker = 'these-bytes-came-from-jsr-itself'

function readLog(log: RequestLog): Pick<World, 'log' | 'asked' | 'askedJsr' | 'forget' | 'until'> {
  return {
    log: log.entries,
    asked: (host) => log.entries.filter((entry) => entry.from === 'client' && entry.host === host),
    askedJsr: (from = 'client') =>
      log.entries.filter((entry) => entry.from === from && isJsrHost(entry.host)),
    forget: () => log.forget(),
    until: (matches) => log.until(matches),
  }
}

function readAddresses(
  addresses: ReadonlyMap<RegistryName, Address>,
): Pick<World, 'registry' | 'loopback' | 'npmrc'> {
  const find = (name: RegistryName): Address => {
    const address = addresses.get(name)
    if (address === undefined) throw new Error(`this world was started without ${name}`)
    return address
  }
  return {
    registry: (name) => find(name).url,
    loopback: (name) => find(name).loopbackUrl,
    npmrc(name, ...lines) {
      const { url } = find(name)
      return [`registry=${url}`, `@jsr:registry=${url}`, ...lines, ''].join('\n')
    },
  }
}

function readStock(
  stock: Stock,
  layout: NonNullable<WorldOptions['jsrLayout']>,
): Pick<World, 'publish' | 'published' | 'jsrTarballUrl'> {
  return {
    publish: (source) => stock.publish(source),
    published(name, version) {
      const edition = stock.find(name, version)
      if (edition === undefined) throw new Error(`the world has no ${name}@${version}`)
      return toPublished(edition)
    },
    jsrTarballUrl: (name, version) => formatJsrUrl(layout, name, version),
  }
}
