import path from 'node:path'
import { findDenoReferences, readDenoJson } from '../manifest/deno-json.ts'
import { findVltWorkspaces, readVltJson } from '../manifest/vlt-json.ts'
import type { ClientName } from '../route/route.ts'
import { loadConfigText } from './config-text.ts'

/** The clients that are judged. */
export interface WantedClients {
  readonly known: readonly ClientName[]
  readonly only: ClientName | undefined
}

/**
 * The patterns of workspaces that stand in the files of other clients than npm and pnpm: Deno's and
 * vlt's.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function findWorkspacePatterns(
  root: string,
  { known, only }: WantedClients,
): Promise<string[]> {
  const isWanted = (name: ClientName): boolean =>
    known.includes(name) && (only === undefined || only === name)
  const load = async (file: string) =>
    await loadConfigText(path.join(root, file), { root, env: {}, home: root })
  const deno = isWanted('deno') ? await Promise.all(['deno.json', 'deno.jsonc'].map(load)) : []
  const vlt = isWanted('vlt') ? await load('vlt.json') : undefined
  return [
    ...deno.flatMap((found) =>
      found === undefined
        ? []
        : findDenoReferences(readDenoJson(found.text, found.label).value).members,
    ),
    ...(vlt === undefined ? [] : findVltWorkspaces(readVltJson(vlt.text, vlt.label).value)),
  ]
}
