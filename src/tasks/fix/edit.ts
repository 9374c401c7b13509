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

/** What a fix leaves as it is, though a finding asks for a change. */
export interface KeptPlace {
  /** Path relative to the project. */
  readonly file: string
  /** 1-based. */
  readonly line: number | undefined
  /** Why, and what to do instead. */
  readonly reason: string
}

/** What is to be changed, and what is left. */
export interface FixPlan {
  readonly edits: readonly FileEdit[]
  readonly kept: readonly KeptPlace[]
}
