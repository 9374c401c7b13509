import {
  parseClientArguments,
  reasons,
  type ArgumentGrammar,
  type ClientArguments,
} from './client-arguments.ts'

/**
 * Reads what follows `pnpm install`, `pnpm add` or `pnpm update`, of pnpm 9 to 12.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function parsePnpmArguments(args: readonly string[]): ClientArguments {
  return parseClientArguments(args, grammar)
}

/** Why an option can't be verified, where there is more to say than that it is not known. */
const reasonsAgainst: ReadonlyMap<string, string> = new Map([
  ['registry', reasons.leadsElsewhere],
  ['userconfig', reasons.leadsElsewhere],
  ['npmrc-auth-file', reasons.leadsElsewhere],
  ...['proxy', 'https-proxy', 'http-proxy', 'noproxy', 'no-proxy'].map(
    (name) => [name, reasons.passesTheWayOut] as const,
  ),
  ['lockfile', reasons.leavesNothing],
  ['lockfile-dir', reasons.leavesNothing],
  ['git-branch-lockfile', reasons.leavesNothing],
  ['merge-git-branch-lockfiles', reasons.leavesNothing],
  ['global', reasons.isGlobal],
  ['global-dir', reasons.isGlobal],
  ['config', 'what pnpm adds to its own configuration is in no lockfile of the project'],
  ['interactive', reasons.asks],
  ['ignore-workspace', 'it makes pnpm install another project than the one that was judged'],
  ['dry-run', reasons.rehearses],
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

const grammar: ArgumentGrammar = {
  title: 'pnpm',
  flags,
  values,
  shorthands,
  reasonsAgainst,
  findReason: (name) => (/^@.*:registry$/.test(name) ? reasons.leadsElsewhere : undefined),
  settingPrefix: '--config.',
  hint: 'leave it out, or set it in .npmrc or pnpm-workspace.yaml, which jsr-guard judges',
}
