import {
  parseClientArguments,
  reasons,
  type ArgumentGrammar,
  type ClientArguments,
} from './client-arguments.ts'

/**
 * Reads what follows `deno install`, `deno add` or `deno update`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function parseDenoArguments(args: readonly string[]): ClientArguments {
  return parseClientArguments(args, grammar)
}

const grammar: ArgumentGrammar = {
  title: 'Deno',
  flags: new Set([
    'cached-only',
    'dev',
    'frozen',
    'latest',
    'lockfile-only',
    'package-json',
    'quiet',
    'save-exact',
  ]),
  values: new Set(['allow-scripts', 'minimum-dependency-age', 'node-modules-dir']),
  shorthands: new Map([
    ['D', 'dev'],
    ['g', 'global'],
    ['i', 'interactive'],
    ['q', 'quiet'],
  ]),
  reasonsAgainst: new Map([
    ['config', reasons.leadsElsewhere],
    ['entrypoint', 'what modules import is in no manifest that jsr-guard judges'],
    ['env-file', reasons.leadsElsewhere],
    ['global', reasons.isGlobal],
    ['import-map', reasons.leadsElsewhere],
    ['interactive', reasons.asks],
    ['jsr', 'it makes Deno take names for packages of JSR itself'],
    ['lock', reasons.leavesNothing],
    ['no-lock', reasons.leavesNothing],
    ['no-npm', reasons.leavesNothing],
  ]),
  hint: 'leave it out, or set it in .npmrc or deno.json, which jsr-guard judges',
}
