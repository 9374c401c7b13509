import type { PnpmConfig } from './pnpm-config.ts'

/** A setting as one of pnpm's places has it. */
export interface FoundPnpmSetting {
  /** May be a credential. */
  readonly value: unknown
  /** The place, for messages. */
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

interface PlacedSetting extends FoundPnpmSetting {
  /** The major versions that heed it. */
  readonly since: number
  readonly until: number
}

/**
 * What a project's pnpm finds of a setting, by its name in YAML such as `lockfileDir`: everything in
 * every place that it heeds. Where the version is not known, what any version heeds counts.
 */
export function listPnpmSettings(config: PnpmConfig, key: string): FoundPnpmSetting[] {
  const major = Number.parseInt(config.version ?? '', 10)
  return listPlaced(config, key)
    .filter(({ since, until }) => Number.isNaN(major) || (major >= since && major <= until))
    .map(({ value, from, file, line }) => ({ value, from, file, line }))
}

const latest = Number.POSITIVE_INFINITY

function listPlaced({ sources }: PnpmConfig, key: string): PlacedSetting[] {
  const { npm, rc, workspace, global, env } = sources
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return [
    ...[workspace, global].flatMap((yaml, at): PlacedSetting[] => {
      const found = yaml?.get(key)
      if (yaml === undefined || found === undefined) return []
      const { value, line } = found
      const from = line === undefined ? yaml.file : `${yaml.file}:${line}`
      return [{ value, line, from, file: yaml.file, since: at === 0 ? 10 : 11, until: latest }]
    }),
    ...[npm, rc].flatMap((config): PlacedSetting[] => {
      const found = config.get(name)
      if (found === undefined || found.layer === 'default') return []
      const { value, from, file, line } = found
      return [{ value, from, file, line, since: 9, until: 10 }]
    }),
    ...Object.entries(env).flatMap(([variable, value]): PlacedSetting[] =>
      variable.toLowerCase() === `pnpm_config_${name.replaceAll('-', '_')}` && value !== ''
        ? [{ value, ...describeVariable(variable), since: 11, until: latest }]
        : [],
    ),
  ]
}

function describeVariable(name: string): Pick<FoundPnpmSetting, 'from' | 'file' | 'line'> {
  return { from: `${name} (environment)`, file: undefined, line: undefined }
}
