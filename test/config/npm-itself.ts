import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findClientProgram, type Client } from '../clients/clients.ts'

/** npm's own configuration, read by the module that is part of that npm. */
export interface NpmItself {
  /** The name of the layer that a key is in. */
  find(key: string): string | null
  get(key: string): unknown
  readonly localPrefix: string
  readonly parsedArgv: { readonly remain: readonly string[] }
  /** What each layer says, before variables are expanded. */
  readonly data: ReadonlyMap<string, { readonly raw: object }>
}

interface Definitions {
  readonly definitions: object
  readonly shorthands: object
  readonly flatten: object
}

type ConfigClass = new (options: object) => NpmItself & { load(): Promise<void> }

/** What that npm would read in this folder and environment. */
export async function readWithNpmItself(
  client: Client,
  options: {
    readonly cwd: string
    readonly env: Readonly<Record<string, string>>
    readonly argv?: readonly string[]
  },
): Promise<NpmItself> {
  const npmPath = npmFolderOf(client)
  const require = createRequire(join(npmPath, 'package.json'))
  const Config = require('@npmcli/config') as ConfigClass
  const { definitions, shorthands, flatten } =
    require('@npmcli/config/lib/definitions') as Definitions
  const { cwd } = options
  // It writes into the environment that it is given.
  const env = { ...options.env }
  const argv = ['node', 'npm', ...(options.argv ?? [])]
  const config = new Config({
    npmPath,
    definitions,
    shorthands,
    flatten,
    argv,
    env,
    cwd,
    warn: false,
  })
  await config.load()
  return config
}

/** The folder of that npm's package. */
export function npmFolderOf(client: Client): string {
  const script = findClientProgram(client).args[0]
  if (script === undefined) throw new Error(`${client.name} ${client.version} has no script`)
  return dirname(dirname(script))
}
