/** The package managers that jsr-guard knows. `yarn` is Yarn 1, `yarn-berry` Yarn 2 and later. */
export type ClientName = 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun' | 'deno' | 'vlt'

/** The registry that a client would really ask for a scope, and what decides it. */
export interface Route {
  /** Ends in `/`, without credentials; `undefined` where the setting is no web address. */
  readonly url: URL | undefined
  /** The value as written, without credentials; for messages. */
  readonly text: string
  /** How the client came to it. */
  readonly kind:
    /** A mapping of the scope. */
    | 'scope'
    /** The default registry that somebody configured. */
    | 'default'
    /** What is built into the client. */
    | 'built-in'
  /** What decides it, as `.npmrc:1`, `~/.npmrc:3`, `npm_config_registry (environment)` or `npm's default`. */
  readonly from: string
  /** The file that decides it, as written in `from`, where it is a file. */
  readonly file: string | undefined
  /** 1-based line in that file. */
  readonly line: number | undefined
}
