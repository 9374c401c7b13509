import { planPhases, type PhasePlan, type PhasePlanOptions } from './phase-plan.ts'

/**
 * Plans the two phases of an install with pnpm: `--lockfile-only`, which asks for metadata alone and
 * runs no script, then `--frozen-lockfile`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for packages named after `ci`.
 */
export function planPnpm(options: PhasePlanOptions): PhasePlan {
  return planPhases(options, {
    update: ['update'],
    lock: ['--lockfile-only'],
    frozen: 'frozen-lockfile',
    lockOptions,
    saveOptions,
    offlineOption: 'offline',
  })
}

const lockOptions: ReadonlySet<string> = new Set([
  'allow-build',
  'depth',
  'fix-lockfile',
  'ignore-workspace-root-check',
  'latest',
  'prefer-frozen-lockfile',
  'save',
  'save-catalog',
  'save-catalog-name',
  'save-dev',
  'save-exact',
  'save-optional',
  'save-peer',
  'save-prod',
  'workspace',
])

const saveOptions: ReadonlySet<string> = new Set(['dev', 'optional', 'prod', 'production'])
