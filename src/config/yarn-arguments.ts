import {
  parseClientArguments,
  reasons,
  type ArgumentGrammar,
  type ClientArguments,
} from './client-arguments.ts'

/**
 * Reads what follows `yarn install`, `yarn add` or `yarn upgrade`, of Yarn 1.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function parseYarnArguments(args: readonly string[]): ClientArguments {
  return parseClientArguments(args, classic)
}

/**
 * Reads what follows `yarn install`, `yarn add` or `yarn up`, of Yarn 2 and later.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function parseYarnBerryArguments(args: readonly string[]): ClientArguments {
  return parseClientArguments(args, berry)
}

const classic: ArgumentGrammar = {
  title: 'Yarn 1',
  flags: new Set([
    'bin-links',
    'check-files',
    'dev',
    'exact',
    'force',
    'frozen-lockfile',
    'ignore-engines',
    'ignore-optional',
    'ignore-platform',
    'ignore-scripts',
    'ignore-workspace-root-check',
    'latest',
    'non-interactive',
    'offline',
    'optional',
    'peer',
    'prefer-offline',
    'production',
    'progress',
    'silent',
    'tilde',
    'verbose',
  ]),
  values: new Set(['network-concurrency', 'network-timeout']),
  shorthands: new Map([
    ['D', 'dev'],
    ['E', 'exact'],
    ['O', 'optional'],
    ['P', 'peer'],
    ['T', 'tilde'],
    ['W', 'ignore-workspace-root-check'],
    ['s', 'silent'],
  ]),
  reasonsAgainst: new Map([
    ['cwd', 'use --cwd of jsr-guard, before the command'],
    ['https-proxy', reasons.passesTheWayOut],
    ['lockfile', reasons.leavesNothing],
    ['no-default-rc', reasons.leadsElsewhere],
    ['no-lockfile', reasons.leavesNothing],
    ['proxy', reasons.passesTheWayOut],
    ['pure-lockfile', reasons.leavesNothing],
    ['registry', reasons.leadsElsewhere],
    ['use-yarnrc', reasons.leadsElsewhere],
  ]),
  hint: 'leave it out, or set it in .npmrc or .yarnrc, which jsr-guard judges',
}

const berry: ArgumentGrammar = {
  title: 'Yarn',
  flags: new Set([
    'cached',
    'caret',
    'check-cache',
    'check-resolutions',
    'dev',
    'exact',
    'immutable',
    'immutable-cache',
    'inline-builds',
    'optional',
    'peer',
    'prefer-dev',
    'refresh-lockfile',
    'tilde',
  ]),
  values: new Set([]),
  shorthands: new Map([
    ['C', 'caret'],
    ['D', 'dev'],
    ['E', 'exact'],
    ['O', 'optional'],
    ['P', 'peer'],
    ['T', 'tilde'],
    ['i', 'interactive'],
  ]),
  reasonsAgainst: new Map([
    ['cwd', 'use --cwd of jsr-guard, before the command'],
    ['interactive', reasons.asks],
    ['mode', 'jsr-guard chooses the mode'],
  ]),
  hint: 'leave it out, or set it in .yarnrc.yml, which jsr-guard judges',
}
