import { EventEmitter, on } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { WorldRequest } from './world.ts'

/** By what way, and by whom, the world was reached. */
export interface Origin {
  readonly via: WorldRequest['via']
  readonly from: WorldRequest['from']
}

/** What the log is told about one thing that was asked. */
interface Asked extends Origin {
  readonly kind: WorldRequest['kind']
  readonly host: string
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** The one log of a world. */
export interface RequestLog {
  readonly entries: readonly WorldRequest[]
  /** Writes one down, and returns how to say later what it was answered. */
  add(asked: Asked): (status: number) => void
  forget(): void
  /** The first entry that matches, as soon as there is one. */
  until(matches: (entry: WorldRequest) => boolean): Promise<WorldRequest>
}

/** An empty log. */
export function createLog(): RequestLog {
  const entries: WorldRequest[] = []
  const additions = new EventEmitter<{ entry: [WorldRequest] }>()
  return {
    entries,
    add(asked) {
      const entry = { ...toEntry(asked), status: undefined as number | undefined }
      entries.push(entry)
      additions.emit('entry', entry)
      return (status) => {
        entry.status = status
      }
    },
    forget() {
      entries.length = 0
    },
    async until(matches) {
      const known = entries.find(matches)
      if (known !== undefined) return known
      for await (const [entry] of on(additions, 'entry')) if (matches(entry)) return entry
      throw new Error('the log has ended')
    },
  }
}

function toEntry({ headers, host, ...asked }: Asked): Omit<WorldRequest, 'status'> {
  const others = Object.entries(headers).filter(([name]) => name !== 'host')
  const raw = Object.fromEntries(others.map(([name, value]) => [name, String(value)]))
  return {
    ...asked,
    host: host.toLowerCase(),
    headers: raw,
    authorization: raw['authorization'],
    proxyAuthorization: raw['proxy-authorization'],
  }
}

/** Whether a host belongs to JSR. A trailing dot names the same host. */
export function isJsrHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return name === 'jsr.io' || name.endsWith('.jsr.io')
}
