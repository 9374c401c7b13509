import {
  parseClientArguments,
  reasons,
  type ArgumentGrammar,
  type ClientArguments,
} from './client-arguments.ts'

/**
 * Reads what follows `bun install`, `bun add` or `bun update`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function parseBunArguments(args: readonly string[]): ClientArguments {
  return parseClientArguments(args, grammar)
}

const grammar: ArgumentGrammar = {
  title: 'Bun',
  flags: new Set([
    'dev',
    'exact',
    'force',
    'frozen-lockfile',
    'ignore-scripts',
    'latest',
    'lockfile-only',
    'offline',
    'only-missing',
    'optional',
    'peer',
    'prefer-offline',
    'production',
    'progress',
    'quiet',
    'recursive',
    'silent',
    'summary',
    'trust',
    'verbose',
  ]),
  values: new Set([
    'backend',
    'concurrent-scripts',
    'cpu',
    'cwd',
    'filter',
    'libc',
    'linker',
    'minimum-release-age',
    'network-concurrency',
    'omit',
    'os',
  ]),
  shorthands: new Map([
    ['D', 'dev'],
    ['E', 'exact'],
    ['F', 'filter'],
    ['d', 'dev'],
    ['f', 'force'],
    ['g', 'global'],
    ['i', 'interactive'],
    ['p', 'production'],
    ['r', 'recursive'],
  ]),
  reasonsAgainst: new Map([
    ['config', reasons.leadsElsewhere],
    ['dry-run', reasons.rehearses],
    ['env-file', reasons.leadsElsewhere],
    ['global', reasons.isGlobal],
    ['interactive', reasons.asks],
    ['no-save', reasons.leavesNothing],
    ['no-verify', 'it lets packages in that are not what the lockfile says'],
    ['registry', reasons.leadsElsewhere],
    ['yarn', reasons.leavesNothing],
  ]),
  hint: 'leave it out, or set it in .npmrc or bunfig.toml, which jsr-guard judges',
}
