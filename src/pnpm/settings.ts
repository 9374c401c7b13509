import { readPolicy, type Policy } from '../config/policy-file.ts'
import { overlayPolicy } from '../config/policy-overlay.ts'
import { JsrGuardError } from '../errors.ts'
import type { PnpmHooks } from './pnpmfile.ts'

/** What `.with` takes: a policy for a repository that wants no file, and the project's own hooks. */
export interface HookSettings {
  /** What else a policy may hold, but `extends`. */
  readonly [key: string]: unknown
  /** The private registry. */
  readonly registry?: string
  /** Other places that its tarballs may be served from, by URL prefix. */
  readonly tarballs?: readonly string[]
  /** Levels of rules, as in the policy. */
  readonly rules?: Readonly<Record<string, string>>
  /** The project's own hooks, which run before jsr-guard's. */
  readonly hooks?: PnpmHooks
  /** The project's own, which come after jsr-guard's: these only look. */
  readonly resolvers?: readonly unknown[]
  readonly fetchers?: readonly unknown[]
}

/**
 * The policy file with what the call adds to it. They may say the same; they may not contradict.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY` for what no policy could hold.
 */
export function mergeSettings(policy: Policy, settings: HookSettings): Policy {
  const own = Object.entries(settings).filter(([key]) => !pnpmKeys.has(key))
  if (own.length === 0) return policy
  const called = readPolicy(JSON.stringify(Object.fromEntries(own)), 'the call of with()')
  if (called.extends.length > 0) throw refuse('the call of with() extends another policy')
  if (isOther(policy.registry, called.registry)) {
    throw refuse('the policy and the call of with() name different registries')
  }
  return overlayPolicy(called, policy)
}

function refuse(message: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_POLICY', message, {
    hint: 'leave it out of the call: the policy file is read as well',
  })
}

/** What a pnpmfile exports, and no policy has. */
const pnpmKeys: ReadonlySet<string> = new Set(['hooks', 'resolvers', 'fetchers'])

function isOther(a: URL | undefined, b: URL | undefined): boolean {
  return a !== undefined && b !== undefined && a.href !== b.href
}
