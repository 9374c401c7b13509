import type { IncomingMessage, ServerResponse } from 'node:http'
import type { World } from '../../world/world.ts'

/** What can be asked of a {@link HeldRegistry}. */
type HeldAnswer = 'packument' | 'tarball'

/** A private registry with one package of JSR's, which keeps answers back for as long as it is told. */
export interface HeldRegistry {
  readonly host: string
  /** An .npmrc that leads to it. */
  readonly npmrc: string
  /** From now on keeps back what `who` asks for. */
  readonly hold: (answer: HeldAnswer, who: 'npm' | 'jsr-guard') => void
  /** Holds nothing any more, and gives all answers that were kept back. */
  readonly release: () => void
  /** Waits until something is kept back. */
  readonly held: () => Promise<void>
}

/** Puts such a registry up in a world, with `@jsr/luca__cases@1.0.1`. */
export async function startHeldRegistry(world: World): Promise<HeldRegistry> {
  const host = 'held.corp.example'
  const { integrity, tarball } = world.published(name, version)
  const dist = { tarball: `https://${host}/${name}/-/luca__cases-${version}.tgz`, integrity }
  const packument = JSON.stringify({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, dist } },
  })
  const gate = createGate()
  await world.serve(host, (request, response) => {
    const answer = request.url?.endsWith('.tgz') === true ? 'tarball' : 'packument'
    gate.pass({ answer, who: whoAsks(request) }, () => {
      send(response, answer === 'tarball' ? tarball : packument)
    })
  })
  return {
    host,
    npmrc: `registry=https://${host}/\n@jsr:registry=https://${host}/\n`,
    hold: (answer, who) => gate.close({ answer, who }),
    release: () => gate.open(),
    held: () => gate.whenHeld(),
  }
}

const name = '@jsr/luca__cases'
const version = '1.0.1'

interface Asked {
  readonly answer: HeldAnswer
  readonly who: 'npm' | 'jsr-guard'
}

function createGate() {
  let closed: Asked | undefined
  let waiting: Array<() => void> = []
  let listeners: Array<() => void> = []
  return {
    pass(asked: Asked, answer: () => void): void {
      if (closed?.answer !== asked.answer || closed.who !== asked.who) return answer()
      waiting.push(answer)
      for (const listener of listeners) listener()
      listeners = []
    },
    close(asked: Asked): void {
      closed = asked
    },
    open(): void {
      closed = undefined
      for (const answer of waiting) answer()
      waiting = []
    },
    async whenHeld(): Promise<void> {
      if (waiting.length > 0) return
      await new Promise<void>((resolve) => listeners.push(resolve))
    },
  }
}

function whoAsks({ headers }: IncomingMessage): Asked['who'] {
  return headers['user-agent']?.startsWith('jsr-guard') === true ? 'jsr-guard' : 'npm'
}

function send(response: ServerResponse, body: string | Buffer): void {
  // Whoever asked may be gone by now.
  if (!response.destroyed) response.end(body)
}
