import { isIP } from 'node:net'
import type { Target } from './target.ts'

/**
 * Whether the user's own `NO_PROXY` list takes a target round the proxy that was configured before.
 *
 * As npm reads it: an entry stands for a host and everything below it, with or without a leading
 * dot. Beyond npm, as curl and most others do: `*` stands for every host, `*.corp.example` is
 * `.corp.example`, an entry may end in a port, letter case doesn't matter, and an address matches
 * only itself.
 */
export function isProxyBypassed(target: Target, noProxy: readonly string[]): boolean {
  return noProxy.some((entry) => matches(target, entry.trim().toLowerCase()))
}

/** Splits the text of `NO_PROXY` at commas and blanks. */
export function parseNoProxy(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '')
}

function matches({ host, port }: Target, entry: string): boolean {
  if (entry === '*') return true
  const { name, port: entryPort } = splitPort(entry)
  if (entryPort !== undefined && entryPort !== port) return false
  const domain = name.replace(/^\*?\.|\.$/g, '')
  if (domain === '') return false
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`))
}

/** Takes a port off an entry; the colons of a bare IPv6 address are none. */
function splitPort(entry: string): { name: string; port: number | undefined } {
  if (isIP(entry) === 6) return { name: entry, port: undefined }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  return { name: bracketed ?? plain ?? '', port: port === undefined ? undefined : Number(port) }
}
