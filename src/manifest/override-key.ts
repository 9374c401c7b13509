/**
 * The package that a key of npm's `overrides` names: `name` or `name@range`.
 */
export function findOverriddenName(key: string): string {
  const at = key.indexOf('@', 1)
  return at === -1 ? key : key.slice(0, at)
}

/**
 * The package that a key of Yarn's `resolutions` names: the last one of a path such as
 * `parent/name`, `**` + `/@scope/name` or `parent/name@npm:1.0.0`.
 */
export function findResolvedName(key: string): string {
  const parts = key.split('/')
  const last = parts.at(-1) ?? ''
  const scope = parts.at(-2) ?? ''
  return findOverriddenName(scope.startsWith('@') ? `${scope}/${last}` : last)
}

/** A `>` that divides packages; the ones of a range follow a space, a `|` or an `@`. */
const pnpmDivider = /(?<=[^ |@])>/

/**
 * The package that a key of `pnpm.overrides` names: the last one of `parent@1>name@2`.
 *
 * @see https://pnpm.io/settings#overrides
 */
export function findPnpmOverriddenName(key: string): string {
  return findOverriddenName(key.split(pnpmDivider).at(-1) ?? '')
}
