/** Keeps requests from an upstream that does not answer, so that it can recover and nobody waits. */
export interface Circuit {
  /** Whether a request may be sent now. While it is open, one at a time may try. */
  readonly mayTry: () => boolean
  readonly succeed: () => void
  readonly fail: () => void
  readonly isOpen: () => boolean
}

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** Failures in a row after which it opens. */
  readonly threshold: number
  /** How long after a failure the next request may try. */
  readonly coolMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A closed circuit. */
export function createCircuit({ threshold, coolMs, now }: CircuitOptions): Circuit {
  let failures = 0
  let nextTryAt = 0
  return {
    mayTry() {
      if (failures < threshold) return true
      if (now() < nextTryAt) return false
      nextTryAt = now() + coolMs
      return true
    },
    succeed() {
      failures = 0
    },
    fail() {
      failures += 1
      nextTryAt = now() + coolMs
    },
    isOpen: () => failures >= threshold,
  }
}
