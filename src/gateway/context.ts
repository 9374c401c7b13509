import type { CreateDigest } from './digest.ts'
import type { Metrics } from './metrics.ts'
import type { Negotiator } from './negotiate.ts'
import type { Pins } from './pins.ts'
import type { GatewayPolicy } from './policy.ts'
import type { Compressors } from './representation.ts'
import type { Upstream } from './upstream.ts'

/** Something to write down. It holds names, versions and hashes, never a header of a request. */
export interface GatewayEvent {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly [field: string]: string | number | undefined
}

/** What all parts of one gateway share. */
export interface GatewayContext {
  /** Ends in `/`. */
  readonly publicUrl: URL
  readonly upstreamUrl: URL
  readonly upstream: Upstream
  /** `undefined` for a gateway without a store. */
  readonly pins: Pins | undefined
  readonly policy: GatewayPolicy
  readonly canListYanked: boolean
  /** Whether one request may wait for what another one has begun. */
  readonly canShare: boolean
  /** `private` where clients have to show credentials. */
  readonly cacheScope: 'public' | 'private'
  readonly compressors: Compressors
  readonly negotiator: Negotiator
  readonly createDigest: CreateDigest
  readonly cacheBytes: number
  readonly metrics: Metrics
  readonly log: (event: GatewayEvent) => void
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Why there is nothing to serve. */
export type Absence =
  /** There is none, or the policy has none. The reason is shown to clients. */
  | { readonly type: 'missing'; readonly reason: string; readonly isRefused: boolean }
  /** It can't be told, or can't be had, now. */
  | { readonly type: 'unavailable'; readonly status: 502 | 503; readonly reason: string }

/** Nothing of that name. */
export const notFound: Absence = { type: 'missing', reason: 'not found', isRefused: false }

/** Nothing that the policy lets through. */
export function refused(reason: string): Absence {
  return { type: 'missing', reason, isRefused: true }
}

/** JSR has not given what it should. */
export function upstreamFailed(reason: string): Absence {
  return { type: 'unavailable', status: 502, reason }
}

/** The store has failed: what can't be pinned isn't served, since it could not be kept to. */
export function storeFailed({ metrics, log }: GatewayContext, error: unknown): Absence {
  metrics.count('store_failures_total')
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  const message = error instanceof Error ? error.message : undefined
  log({ level: 'error', event: 'store-failure', code, message })
  return { type: 'unavailable', status: 503, reason: "the gateway's store failed" }
}

/**
 * Lets requests for the same thing wait for one answer. Worker runtimes forbid a request to wait for
 * another's; there each does its own work.
 */
export function createSharing<T>(
  canShare: boolean,
): (key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  return async (key, work) => {
    const known = canShare ? underWay.get(key) : undefined
    if (known !== undefined) return await known
    const result = work()
    underWay.set(key, result)
    try {
      return await result
    } finally {
      if (underWay.get(key) === result) underWay.delete(key)
    }
  }
}
