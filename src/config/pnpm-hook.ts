import type { PnpmConfig } from './pnpm-config.ts'
import { listPnpmSettings, type FoundPnpmSetting } from './pnpm-settings.ts'

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
  const module = { from: '.pnpmfile.mjs', file: '.pnpmfile.mjs', line: undefined }
  const shadows: HookBypass[] =
    hasModule && (Number.isNaN(major) || major >= 11) ? [{ type: 'shadowed', ...module }] : []
  return [
    ...shadows,
    ...keys.flatMap((key) =>
      listPnpmSettings(config, key).flatMap((setting) => detectBypass(key, setting)),
    ),
  ]
}

const keys = ['ignorePnpmfile', 'lockfileDir', 'pnpmfile'] as const

const offs: readonly unknown[] = [undefined, null, false, 'false', '']

function detectBypass(
  key: (typeof keys)[number],
  { value, from, file, line }: FoundPnpmSetting,
): HookBypass[] {
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
