import type { PnpmConfig } from './pnpm-config.ts'

/** Something that keeps pnpm from running the hook in `.pnpmfile.cjs`. */
export interface HookBypass {
  readonly type:
    /** A setting that leaves every hook out. */
    | 'ignored'
    /** A `.pnpmfile.mjs`, which pnpm 11 and later take instead. */
    | 'shadowed'
    /** Another `lockfileDir`: pnpm looks for the hook there. */
    | 'moved'
    /** A list of hooks that this one is not on. */
    | 'replaced'
  /** The setting, or the file. */
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** What is known of a project's hooks. */
export interface HookFiles {
  /** Whether there is a `.pnpmfile.mjs`. */
  readonly hasModule: boolean
}

/** The name of the file that holds the hook. */
export const hookFileName = '.pnpmfile.cjs'

/**
 * Everything in a project that keeps its pnpm from running the hook. Where the version is not known,
 * what any version heeds counts.
 */
export function findHookBypasses(config: PnpmConfig, { hasModule }: HookFiles): HookBypass[] {
  const major = Number.parseInt(config.version ?? '', 10)
  const isUnknown = Number.isNaN(major)
  const settings = listSettings(config).filter(
    ({ since, until }) => isUnknown || (major >= since && major <= until),
  )
  const module = { from: '.pnpmfile.mjs', file: '.pnpmfile.mjs', line: undefined }
  const shadows: HookBypass[] =
    hasModule && (isUnknown || major >= 11) ? [{ type: 'shadowed', ...module }] : []
  return [...shadows, ...settings.flatMap(detectBypass)]
}

interface HookSetting {
  readonly key: 'ignorePnpmfile' | 'lockfileDir' | 'pnpmfile'
  readonly value: unknown
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
  /** The major versions that heed it. */
  readonly since: number
  readonly until: number
}

const keys = ['ignorePnpmfile', 'lockfileDir', 'pnpmfile'] as const
const npmKeys = {
  ignorePnpmfile: 'ignore-pnpmfile',
  lockfileDir: 'lockfile-dir',
  pnpmfile: 'pnpmfile',
}
const latest = Number.POSITIVE_INFINITY

function listSettings({ sources }: PnpmConfig): HookSetting[] {
  const { npm, rc, workspace, global, env } = sources
  return keys.flatMap((key): HookSetting[] => [
    ...[workspace, global].flatMap((yaml, at) => {
      const found = yaml?.get(key)
      if (yaml === undefined || found === undefined) return []
      const { value, line } = found
      const from = line === undefined ? yaml.file : `${yaml.file}:${line}`
      return [{ key, value, from, file: yaml.file, line, since: at === 0 ? 10 : 11, until: latest }]
    }),
    ...[npm, rc].flatMap((config) => {
      const found = config.get(npmKeys[key])
      if (found === undefined) return []
      const { value, from, file, line } = found
      return [{ key, value, from, file, line, since: 9, until: 10 }]
    }),
    ...Object.entries(env).flatMap(([name, value]) =>
      name.toLowerCase() === `pnpm_config_${npmKeys[key].replaceAll('-', '_')}` && value !== ''
        ? [{ ...variable(name), key, value, since: 11, until: latest }]
        : [],
    ),
  ])
}

function variable(name: string): Pick<HookSetting, 'from' | 'file' | 'line'> {
  return { from: `${name} (environment)`, file: undefined, line: undefined }
}

const offs: readonly unknown[] = [undefined, null, false, 'false', '']

function detectBypass({ key, value, from, file, line }: HookSetting): HookBypass[] {
  if (offs.includes(value)) return []
  const place = { from, file, line }
  if (key === 'ignorePnpmfile') return [{ type: 'ignored', ...place }]
  if (key === 'lockfileDir') {
    return value === '.' || value === './' ? [] : [{ type: 'moved', ...place }]
  }
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const isListed = list.some((item) => item === hookFileName || item === `./${hookFileName}`)
  return isListed ? [] : [{ type: 'replaced', ...place }]
}
