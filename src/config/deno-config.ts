import type { ClientSetting, SettingPlace } from './client-setting.ts'

/** Deno's configuration, as far as registries go. */
export interface DenoConfig {
  readonly version: string | undefined
  /** `NPM_CONFIG_REGISTRY`, before the files; for the default registry alone. */
  readonly registry: ClientSetting | undefined
  /** `JSR_NPM_URL`, behind the files; for `@jsr` alone. */
  readonly jsrNpm: ClientSetting | undefined
  /** `JSR_URL`: where Deno's own protocol leads. */
  readonly jsr: ClientSetting | undefined
  /** `.npmrc`, the project's first. */
  readonly npmrcs: readonly SettingPlace[]
}
