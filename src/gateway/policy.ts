import { formatJsrName, parseNpmName } from '../specifier/jsr-name.ts'
import { matchesPackage, type PackagePattern } from '../specifier/package-pattern.ts'

/** What a gateway lets through, as the policy file says it. */
export interface GatewayPolicy {
  /** Where there is a list, only what is on it; an empty one lets nothing through. */
  readonly allow?: readonly PackagePattern[] | undefined
  /** Goes before `allow`. */
  readonly deny?: readonly PackagePattern[] | undefined
  /** Versions published less than so many days ago are not there yet. */
  readonly minimumAgeDays?: number | undefined
}

/** A version to be judged. */
export interface JudgedVersion {
  /** `@jsr/scope__name` */
  readonly name: string
  readonly version: string
  /** Epoch milliseconds; `undefined` where it isn't known. */
  readonly publishedAt: number | undefined
}

/**
 * Why no version of a package can be let through, or `undefined`. Told before the upstream is asked,
 * so that nobody learns there what a company may not use.
 */
export function refusePackage({ allow, deny }: GatewayPolicy, name: string): string | undefined {
  const asked = { name: toJsrName(name), version: undefined }
  if (deny?.some((pattern) => matchesPackage(pattern, asked) === true) === true) return denied
  const mayBeAllowed = allow?.some((pattern) => matchesPackage(pattern, asked) !== false) ?? true
  return mayBeAllowed ? undefined : unapproved
}

/** Why a version is not let through, or `undefined`. What can't be told counts against it. */
export function refuseVersion(
  { allow, deny, minimumAgeDays = 0 }: GatewayPolicy,
  { name, version, publishedAt }: JudgedVersion,
  now: number,
): string | undefined {
  const asked = { name: toJsrName(name), version }
  if (deny?.some((pattern) => matchesPackage(pattern, asked) !== false) === true) return denied
  const isAllowed = allow?.some((pattern) => matchesPackage(pattern, asked) === true) ?? true
  if (!isAllowed) return unapproved
  if (minimumAgeDays <= 0) return undefined
  const isOldEnough = publishedAt !== undefined && now - publishedAt >= minimumAgeDays * dayMs
  return isOldEnough ? undefined : `not yet ${minimumAgeDays} days old, as the policy asks`
}

const dayMs = 86_400_000
const denied = "denied by this gateway's policy"
const unapproved = "not on the allow list of this gateway's policy"

function toJsrName(name: string): string {
  const parsed = parseNpmName(name)
  if (parsed === undefined) throw new TypeError(`${name} is no name of JSR's npm endpoint`)
  return formatJsrName(parsed)
}
