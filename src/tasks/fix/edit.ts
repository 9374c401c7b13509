/** What a fix makes of a file. */
export interface FileEdit {
  /** Path relative to the project. */
  readonly file: string
  /** Absolute path. */
  readonly path: string
  /** `undefined` where there is no such file yet. */
  readonly before: string | undefined
  readonly after: string
  /** What it changes, one sentence each. */
  readonly changes: readonly string[]
}
