import type { Target } from './target.ts'

/** How often a host was asked for while the client ran. */
export interface HostUse {
  /** In one spelling, see `Target`; without its port. */
  readonly host: string
  /** CONNECT requests and plain http requests that were let through, one each, answered or not. */
  readonly connections: number
  /** Those that were refused. Nothing was sent to the host for them. */
  readonly refused: number
}

/** A request that was refused. */
export interface Refusal {
  /** In one spelling, see `Target`; if `invalid`, as it was sent, shortened and without userinfo. */
  readonly host: string
  /** 0 where it could not be read. */
  readonly port: number
  /** For plain http only: the URL, without credentials, query and fragment. */
  readonly url: string | undefined
  /** `jsr`: the host is refused. `invalid`: the host could not be read, so it can't be judged. */
  readonly reason: 'jsr' | 'invalid'
}

/** A request as it arrived. */
export interface Asked {
  /** `undefined` where it can't be read. */
  readonly target: Target | undefined
  /** The authority or URL as it was sent. */
  readonly text: string
  /** For plain http only. */
  readonly url: URL | undefined
}

/** What is to become of a request. */
type Decision =
  | { readonly type: 'allowed'; readonly target: Target }
  | { readonly type: 'refused'; readonly refusal: Refusal }

/** Decides what may go out, and keeps the account of it. */
export interface Ledger {
  /** Decides about a request, and writes it down. */
  record(asked: Asked): Decision
  hosts(): readonly HostUse[]
  refusals(): readonly Refusal[]
}

/** Starts a ledger that refuses the hosts for which `isRefused` holds, and what it can't read. */
export function createLedger(isRefused: (hostname: string) => boolean): Ledger {
  const uses = new Map<string, HostUse>()
  const refusals: Refusal[] = []
  return {
    record(asked) {
      const decision = decide(asked, isRefused)
      if (decision.type === 'refused') refusals.push(decision.refusal)
      if (asked.target !== undefined) count(uses, asked.target, decision)
      return decision
    },
    hosts: () => [...uses.values()].toSorted((one, other) => (one.host < other.host ? -1 : 1)),
    refusals: () => [...refusals],
  }
}

function decide({ target, text, url }: Asked, isRefused: (hostname: string) => boolean): Decision {
  if (target === undefined) {
    const refusal = { host: describe(text), port: 0, url: undefined, reason: 'invalid' as const }
    return { type: 'refused', refusal }
  }
  if (!isRefused(target.host)) return { type: 'allowed', target }
  return { type: 'refused', refusal: { ...target, url: url && redact(url), reason: 'jsr' } }
}

function count(uses: Map<string, HostUse>, { host }: Target, { type }: Decision): void {
  const { connections, refused } = uses.get(host) ?? { connections: 0, refused: 0 }
  uses.set(host, {
    host,
    connections: connections + (type === 'allowed' ? 1 : 0),
    refused: refused + (type === 'refused' ? 1 : 0),
  })
}

/** A query often holds a token, and userinfo does. */
function redact(url: URL): string {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  bare.search = ''
  bare.hash = ''
  return bare.href
}

/** What of an unreadable host can be shown: what follows any userinfo, without path and query. */
function describe(text: string): string {
  const [authority = ''] = text.replace(/^\w+:\/*/, '').split(/[/?#]/)
  return authority.slice(authority.lastIndexOf('@') + 1).slice(0, 100)
}
