import { once } from 'node:events'
import type { InstallEnd } from './step.ts'

/**
 * What comes of some work, or `undefined` as soon as the user or the system ends the run: a registry
 * that doesn't answer must not keep anybody waiting then. The work itself goes on until the way out
 * is closed.
 */
export async function unlessStopped<Result>(
  stop: AbortSignal,
  work: Promise<Result>,
): Promise<Result | undefined> {
  if (stop.aborted) return undefined
  const isOver = new AbortController()
  const stopped = once(stop, 'abort', { signal: isOver.signal }).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([work, stopped])
  } finally {
    isOver.abort()
  }
}

/** How a run ends that was ended by the user or the system. */
export function describeStop(stop: AbortSignal): InstallEnd {
  return { type: 'interrupted', signal: String(stop.reason) }
}
