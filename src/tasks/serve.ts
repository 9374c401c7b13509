import { JsrGuardError } from '../errors.ts'
import type { GatewayEvent } from '../gateway/context.ts'
import { createGatewayCore, type GatewayOptions } from '../gateway/handler.ts'
import { findFolder } from '../project/folder.ts'
import { loadPolicy } from '../project/policy.ts'
import { loadCredentials } from '../serve/credentials-file.ts'
import { openDiskStore } from '../serve/disk-store.ts'
import { createNodeDigest, measureProcess, nodeCompressors } from '../serve/node-runtime.ts'
import { startNodeServer, type AnsweredRequest } from '../serve/node-server.ts'
import { fetchAsNpm } from '../serve/upstream-fetch.ts'
import { isLoopback, parseRegistryUrl, parseWebUrl } from '../url/web-url.ts'

/** A gateway to be served. */
export interface ServeOptions {
  /** Absolute; where the policy is looked for. */
  readonly cwd: string
  /** Absolute path of the policy file. */
  readonly config?: string | undefined
  readonly host: string
  /** 0 for any. */
  readonly port: number
  /** As written; default the listening address. */
  readonly publicUrl?: string | undefined
  /** As written. */
  readonly upstream: string
  /** Absolute path of the folder for pins; `undefined` to run without. */
  readonly store: string | undefined
  readonly canListYanked: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: (event: GatewayEvent) => void
  /** Told of each request, where that is wanted. */
  readonly onAnswer?: ((request: AnsweredRequest) => void) | undefined
}

/** A gateway that takes requests. */
export interface ServedGateway {
  /** Where it listens. */
  readonly url: string
  /** Finishes what is under way, and ends. */
  readonly close: () => Promise<void>
}

/** What is under way gets so long: less than the 30 s after which container runtimes kill. */
const graceMs = 25_000

/**
 * Serves a gateway until it is closed.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LISTEN`, `ERR_JSR_GUARD_STORE`, `ERR_JSR_GUARD_URL`,
 *   `ERR_JSR_GUARD_CONFIG` or `ERR_JSR_GUARD_POLICY`, before it takes a request.
 */
export async function serveGateway(options: ServeOptions): Promise<ServedGateway> {
  const { host, port, onAnswer, log } = options
  const settings = await loadSettings(options)
  const state = { isServing: true }
  const server = await startNodeServer({
    host,
    port,
    onAnswer,
    createCore: (url) =>
      createGatewayCore({
        ...settings,
        publicUrl: options.publicUrl ?? url,
        canListYanked: options.canListYanked,
        fetch: fetchAsNpm,
        canShare: true,
        compressors: nodeCompressors,
        createDigest: createNodeDigest,
        log,
        isServing: () => state.isServing,
        gauges: measureProcess,
      }),
  })
  return {
    url: server.url,
    async close() {
      state.isServing = false
      await server.close(graceMs)
    },
  }
}

type Settings = Pick<GatewayOptions, 'upstream' | 'credentials' | 'policy' | 'store'>

async function loadSettings(options: ServeOptions): Promise<Settings> {
  const { cwd, config, env, host } = options
  if (options.publicUrl !== undefined) readPublicUrl(options.publicUrl)
  else if (isEverywhere(host)) throw noPublicUrl(host)
  const upstream = readUpstream(options.upstream)
  const root = await findFolder(cwd)
  const { packages, minimumAgeDays } = await loadPolicy({ root, manifests: [], config })
  return {
    upstream,
    credentials: await loadCredentials({ env }),
    policy: { ...packages, minimumAgeDays },
    store: options.store === undefined ? undefined : await openDiskStore(options.store),
  }
}

function readPublicUrl(text: string): void {
  const web = parseWebUrl(text)
  if (web !== undefined && !web.hasCredentials) return
  throw new JsrGuardError('ERR_JSR_GUARD_URL', 'the public URL is no plain web address', {
    hint: 'write it as https://jsr.corp.example/',
  })
}

function isEverywhere(host: string): boolean {
  return ['0.0.0.0', '::', ''].includes(host)
}

function noPublicUrl(host: string): JsrGuardError {
  const message = `${host} is no address that packuments could name`
  const hint = 'say where clients find the gateway, with --public-url https://jsr.corp.example/'
  return new JsrGuardError('ERR_JSR_GUARD_USAGE', message, { hint })
}

/** Hashes come from the upstream as well, so whoever can change what it says can change everything. */
function readUpstream(text: string): URL {
  const url = parseRegistryUrl(text)
  if (url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname))) return url
  const reason = url === undefined ? 'no web address' : 'plain http'
  throw new JsrGuardError('ERR_JSR_GUARD_URL', `the upstream is ${reason}`, {
    hint: 'leave --upstream out, or name a mirror of https://npm.jsr.io/ with https',
  })
}
