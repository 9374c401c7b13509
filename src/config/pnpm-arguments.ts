import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'

/** An option of pnpm's, as it was typed. */
export interface PnpmOption {
  /** Without dashes, in the spelling of the command line, such as `frozen-lockfile`. */
  readonly name: string
  readonly value: string | boolean
  readonly tokens: readonly string[]
}

/** pnpm's command line, read. */
export interface PnpmArguments {
  readonly options: readonly PnpmOption[]
  /** What is no option: packages, folders, tarballs. */
  readonly packages: readonly string[]
}

/**
 * Reads what follows `pnpm install`, `pnpm add` or `pnpm update`.
 *
 * pnpm 9 to 11 and pnpm 12 read a command line in different ways, and none of them can be asked. So
 * only what means the same to all of them is taken: options that are known, written out, each with
 * its value.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for everything else.
 */
export function parsePnpmArguments(args: readonly string[]): PnpmArguments {
  const end = args.indexOf('--')
  const pending = end === -1 ? [...args] : args.slice(0, end)
  const options: PnpmOption[] = []
  const packages: string[] = end === -1 ? [] : args.slice(end + 1)
  for (let token = pending.shift(); token !== undefined; token = pending.shift()) {
    if (!token.startsWith('-')) packages.push(token)
    else options.push(...parseOption(token, pending))
  }
  const dashed = packages.find((name) => name.startsWith('-'))
  if (dashed !== undefined) throw refuse(dashed, 'no package has such a name')
  return { options, packages }
}

/** Whether an option is on: it was given, and never switched off. */
export function isSwitchedOn({ options }: PnpmArguments, name: string): boolean {
  const found = options.filter((option) => option.name === name)
  return found.length > 0 && found.every(({ value }) => value === true)
}

/** The value of an option that takes one, the last where there are several. */
export function findValue({ options }: PnpmArguments, name: string): string | undefined {
  const value = options.findLast((option) => option.name === name)?.value
  return typeof value === 'string' ? value : undefined
}

function parseOption(token: string, rest: string[]): PnpmOption[] {
  if (token.startsWith('--config.')) return [parseSetting(token)]
  return token.startsWith('--') ? [parseLong(token, rest)] : parseShort(token, rest)
}

/** `--config.frozen-lockfile=true`, in any letter case that pnpm takes. */
function parseSetting(token: string): PnpmOption {
  const [, key = '', value] = /^--config\.([^=]*)=(.*)$/s.exec(token) ?? []
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (value === undefined) throw refuse(token, 'jsr-guard reads --config.key only with =value')
  return createOption({ name, value, tokens: [token] })
}

function parseLong(token: string, rest: string[]): PnpmOption {
  const equals = token.indexOf('=')
  const name = token.slice(2, equals === -1 ? undefined : equals)
  if (equals !== -1) return createOption({ name, value: token.slice(equals + 1), tokens: [token] })
  const isKnown = flags.has(name) || values.has(name)
  if (!isKnown && name.startsWith('no-') && flags.has(name.slice(3))) {
    return { name: name.slice(3), value: false, tokens: [token] }
  }
  return parseSeparate({ name, token }, rest)
}

function parseSeparate(
  { name, token }: { readonly name: string; readonly token: string },
  rest: string[],
): PnpmOption {
  vouchFor(name, token)
  const [next] = rest
  if (flags.has(name)) {
    // Some versions take such a word for the option's value, some for a package.
    if (next === 'true' || next === 'false') throw refuse(token, `write ${token}=${next}`)
    return { name, value: true, tokens: [token] }
  }
  if (next === undefined || next.startsWith('-')) throw refuse(token, 'it needs a value')
  rest.shift()
  // pnpm 12 takes further words for values of some options as well.
  return { name, value: next, tokens: [`--${name}=${next}`] }
}

/** `-P`, or several in one, such as `-Dw`; `-F` and `-C` take a value and stand alone. */
function parseShort(token: string, rest: string[]): PnpmOption[] {
  const letters = token.slice(1)
  const names = Array.from(letters, (letter) => shorthands.get(letter))
  if (names.length === 1 && names[0] !== undefined) {
    return [parseSeparate({ name: names[0], token }, rest)]
  }
  return names.map((name, at): PnpmOption => {
    if (name === undefined || !flags.has(name)) {
      throw refuse(token, 'jsr-guard does not know it as an option of pnpm')
    }
    return { name, value: true, tokens: [`-${letters[at] ?? ''}`] }
  })
}

function createOption({
  name,
  value,
  tokens,
}: PnpmOption & { readonly value: string }): PnpmOption {
  const [token = ''] = tokens
  vouchFor(name, token)
  if (values.has(name)) return { name, value, tokens }
  if (value !== 'true' && value !== 'false') throw refuse(token, 'its value is true or false')
  return { name, value: value === 'true', tokens }
}

function vouchFor(name: string, token: string): void {
  const reason = reasonsAgainst.get(name) ?? findRouteReason(name)
  if (reason !== undefined) throw refuse(token, reason)
  if (!flags.has(name) && !values.has(name)) {
    throw refuse(token, 'jsr-guard does not know it as an option of pnpm')
  }
}

function findRouteReason(name: string): string | undefined {
  return /^@.*:registry$/.test(name) ? leadsElsewhere : undefined
}

function refuse(token: string, reason: string): JsrGuardError {
  const name = token.replace(/=.*$/s, '')
  return new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', `${quoteShort(name)}: ${reason}`, {
    hint: 'leave it out, or set it in .npmrc or pnpm-workspace.yaml, which jsr-guard judges',
  })
}

const leadsElsewhere = 'it would send pnpm elsewhere than the configuration that was judged'
const passesTheWayOut = 'it would lead pnpm past the closed way out'
const leavesNothing = 'it leaves no lockfile where jsr-guard looks for one to judge'

/** Why an option can't be verified, where there is more to say than that it is not known. */
const reasonsAgainst: ReadonlyMap<string, string> = new Map([
  ['registry', leadsElsewhere],
  ['userconfig', leadsElsewhere],
  ['npmrc-auth-file', leadsElsewhere],
  ...['proxy', 'https-proxy', 'http-proxy', 'noproxy', 'no-proxy'].map(
    (name) => [name, passesTheWayOut] as const,
  ),
  ['lockfile', leavesNothing],
  ['lockfile-dir', leavesNothing],
  ['git-branch-lockfile', leavesNothing],
  ['merge-git-branch-lockfiles', leavesNothing],
  ['global', 'a global install writes no lockfile, so nothing could be proved'],
  ['global-dir', 'a global install writes no lockfile, so nothing could be proved'],
  ['config', 'what pnpm adds to its own configuration is in no lockfile of the project'],
  ['interactive', 'the lockfile is made before anybody could answer'],
  ['ignore-workspace', 'it makes pnpm install another project than the one that was judged'],
  ['dry-run', 'pnpm has no rehearsal that jsr-guard could judge'],
])

/** Options without a value. */
const flags: ReadonlySet<string> = new Set([
  'aggregate-output',
  'auto-install-peers',
  'color',
  'dev',
  'engine-strict',
  'fail-if-no-match',
  'fix-lockfile',
  'force',
  'frozen-lockfile',
  'hoist',
  'ignore-pnpmfile',
  'ignore-scripts',
  'ignore-workspace-root-check',
  'include-workspace-root',
  'latest',
  'link-workspace-packages',
  'lockfile-only',
  'offline',
  'optional',
  'prefer-frozen-lockfile',
  'prefer-offline',
  'prefer-workspace-packages',
  'prod',
  'production',
  'recursive',
  'save',
  'save-catalog',
  'save-dev',
  'save-exact',
  'save-optional',
  'save-peer',
  'save-prod',
  'shamefully-hoist',
  'side-effects-cache',
  'side-effects-cache-readonly',
  'silent',
  'stream',
  'strict-peer-dependencies',
  'trust-lockfile',
  'use-stderr',
  'verify-store-integrity',
  'workspace',
  'workspace-root',
])

/** Options that take one. */
const values: ReadonlySet<string> = new Set([
  'allow-build',
  'child-concurrency',
  'cpu',
  'depth',
  'dir',
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-maxtimeout',
  'fetch-retry-mintimeout',
  'fetch-timeout',
  'filter',
  'filter-prod',
  'hoist-pattern',
  'libc',
  'loglevel',
  'modules-dir',
  'network-concurrency',
  'node-linker',
  'os',
  'package-import-method',
  'public-hoist-pattern',
  'reporter',
  'save-catalog-name',
  'store-dir',
  'virtual-store-dir',
  'workspace-concurrency',
])

const shorthands: ReadonlyMap<string, string> = new Map([
  ['C', 'dir'],
  ['D', 'dev'],
  ['E', 'save-exact'],
  ['F', 'filter'],
  ['L', 'latest'],
  ['O', 'save-optional'],
  ['P', 'prod'],
  ['g', 'global'],
  ['i', 'interactive'],
  ['r', 'recursive'],
  ['s', 'silent'],
  ['w', 'workspace-root'],
])
