import type { ClientInUse } from './rule.ts'

/** What a client makes of a `jsr:` specifier. */
export type JsrSupport =
  | { readonly type: 'reads' }
  /** It stops with an error. */
  | { readonly type: 'fails' }
  /** It installs or clones something else. */
  | { readonly type: 'misreads'; readonly how: string }

/** What a client in use makes of `jsr:`. A version that is not known counts as too old. */
export function detectJsrSupport({
  name,
  version,
}: Pick<ClientInUse, 'name' | 'version'>): JsrSupport {
  switch (name) {
    case 'npm':
      return fails
    case 'yarn':
      return { type: 'misreads', how: 'takes it for a tag of the npm package named like the alias' }
    case 'bun':
      return { type: 'misreads', how: 'takes it for a git repository on a host called jsr' }
    case 'pnpm':
      return isAtLeast(version, [10, 9, 0]) ? reads : fails
    case 'yarn-berry':
      return isAtLeast(version, [4, 9, 0]) ? reads : fails
    case 'deno':
      return isAtLeast(version, [2, 6, 8]) ? reads : fails
    case 'vlt':
      return reads
  }
}

const reads: JsrSupport = { type: 'reads' }
const fails: JsrSupport = { type: 'fails' }

function isAtLeast(version: string | undefined, wanted: readonly number[]): boolean {
  const found = /^(\d+)\.(\d+)\.(\d+)/
    .exec(version ?? '')
    ?.slice(1)
    .map(Number)
  if (found === undefined) return false
  for (const [index, least] of wanted.entries()) {
    const part = found[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}
