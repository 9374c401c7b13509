import type { LockfileFormat } from '../../lockfile/formats.ts'
import type { ConfigPlace } from '../../project/config-place.ts'
import { toRecord } from '../../json/record.ts'
import { readStrictYaml } from '../../yaml/strict-yaml.ts'
import { repointBunLockfile, repointDenoLockfile } from './json-lockfile.ts'
import { repointNpmLockfile } from './npm-lockfile.ts'
import { repointPnpmLockfile } from './pnpm-lockfile.ts'
import type { Repointing, RepointingOptions } from './repoint.ts'
import { readYarnCacheKey } from './yarn-cache-key.ts'
import { repointYarnBerryLockfile, repointYarnLockfile } from './yarn-lockfile.ts'

/** How a lockfile gets other addresses. */
export interface LockfileEditor extends RepointingOptions {
  readonly edit: (text: string, repointings: readonly Repointing[]) => string
}

/** What an editor may depend on. */
export interface EditorOptions {
  readonly text: string
  /** The version of the client, where it is known. */
  readonly version: string | undefined
  readonly place: ConfigPlace
}

/** How the lockfiles of each client are edited: the one list. */
export const editors: Readonly<
  Record<LockfileFormat['client'], (options: EditorOptions) => Promise<LockfileEditor>>
> = {
  npm: async () => ({ edit: repointNpmLockfile }),
  pnpm: async () => ({ edit: repointPnpmLockfile }),
  yarn: async () => ({ edit: repointYarnLockfile }),
  'yarn-berry': createBerryEditor,
  bun: async () => ({ edit: repointBunLockfile }),
  deno: async () => ({ edit: repointDenoLockfile }),
  vlt: async () => ({
    edit: (text) => text,
    refuse: () =>
      'vlt is not known to compare the hash in its lockfile with what it is served: lock again',
  }),
}

/** The checksum is of what Yarn makes of the bytes, and of nothing else: the address is no part of it. */
async function createBerryEditor({ text, version, place }: EditorOptions): Promise<LockfileEditor> {
  const known = await readYarnCacheKey(version, place)
  if (known.type === 'unknown') {
    const { reason } = known
    return { edit: repointYarnBerryLockfile, refuse: () => `${reason}: lock again` }
  }
  const document = toRecord(readStrictYaml(text).value)
  const usual: unknown = toRecord(document['__metadata'])['cacheKey']
  return {
    edit: repointYarnBerryLockfile,
    isPinned: ({ pin, key }) =>
      pin === 'checksum' && readKey(toRecord(document[key])['checksum'], usual) === known.key,
  }
}

/** What stands before the checksum, else what the lockfile says of all. */
function readKey(checksum: unknown, usual: unknown): string {
  const text = String(checksum)
  const slash = text.indexOf('/')
  return slash === -1 ? String(usual) : text.slice(0, slash)
}
