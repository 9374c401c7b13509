import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Client } from '../clients/clients.ts'
import { runClient, type RunResult } from '../world/run.ts'
import type { World } from '../world/world.ts'

/** The built hook, as `jsr-guard init --client pnpm` copies it. */
export const hookText: string = readFileSync(
  new URL('../../dist/pnpmfile.cjs', import.meta.url),
  'utf8',
)

/** Runs pnpm in one project with one home: what it has fetched once stays in its store. */
export function createPnpm(
  world: World,
  client: Client,
  cwd: string,
): (...args: readonly string[]) => Promise<RunResult> {
  // Asking whether there is a newer pnpm is no business of the project's.
  const plain = world.env({ npm_config_fetch_retries: '0', pnpm_config_fetch_retries: '0' })
  // Where `pnpm setup` would put what is installed globally.
  const home = join(plain['HOME'] ?? '', 'pnpm')
  const path = [home, join(home, 'bin'), plain['PATH']].join(delimiter)
  const env = { ...plain, PNPM_HOME: home, PATH: path }
  return async (...args) => await runClient(client, args, { cwd, env })
}

/** All that pnpm printed, without the frames that pnpm 12 draws round errors and breaks them with. */
export function printed({ stdout, stderr }: RunResult): string {
  return (stdout + stderr).replace(/\n[ │]*/g, ' ').replace(/ +/g, ' ')
}

/** What a lockfile pins, in one entry. */
export interface EntryWishes {
  readonly key?: string
  readonly specifier?: string
  /** YAML of the resolution. */
  readonly resolution: string
}

/** A `pnpm-lock.yaml` of version 9 with one package, under the alias `@luca/cases`. */
export function lockfileOf({
  key = '@jsr/luca__cases@1.0.1',
  specifier = 'npm:@jsr/luca__cases@^1',
  resolution,
}: EntryWishes): string {
  return `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    dependencies:
      '@luca/cases':
        specifier: ${specifier}
        version: '${key}'

packages:

  '${key}':
    resolution: ${resolution}

snapshots:

  '${key}': {}
`
}
