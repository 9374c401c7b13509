/** A setting of a client, and where it stands. */
export interface ClientSetting {
  /** As the client takes it; it may hold a credential, so it is not enumerable. */
  readonly value: unknown
  /** As it is written, before variables are expanded; not enumerable either. */
  readonly raw: unknown
  /** For people: `.yarnrc:1`, `BUN_CONFIG_REGISTRY (environment)`. */
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** One place that a client takes settings from, by key. */
export type SettingPlace = (key: string) => ClientSetting | undefined

/** A setting of a file. */
export interface FileSetting {
  readonly value: unknown
  readonly raw?: unknown
  readonly file: string
  readonly line: number | undefined
}

/** A setting as it stands in a file. */
export function createFileSetting({ value, raw = value, file, line }: FileSetting): ClientSetting {
  return hideValues({
    value,
    raw: raw ?? '',
    from: line === undefined ? file : `${file}:${line}`,
    file,
    line,
  })
}

/** A setting that a variable of the environment makes. */
export function createVariableSetting(name: string, value: unknown): ClientSetting {
  const from = `${name} (environment)`
  return hideValues({ value, raw: value ?? '', from, file: undefined, line: undefined })
}

/** The first place that says anything of a key. */
export function findSetting(
  places: readonly SettingPlace[],
  key: string,
): ClientSetting | undefined {
  for (const place of places) {
    const setting = place(key)
    if (setting !== undefined) return setting
  }
  return undefined
}

function hideValues(setting: ClientSetting): ClientSetting {
  return Object.defineProperties(setting, {
    value: { enumerable: false },
    raw: { enumerable: false },
  })
}
