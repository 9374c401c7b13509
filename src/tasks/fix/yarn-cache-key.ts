import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { ConfigPlace } from '../../project/config-place.ts'
import { orAbsent } from '../../project/error-code.ts'
import { loadYarnBerrySettings } from '../../project/yarn-settings.ts'

/** What Yarn 4 begins a checksum with that it compares, or why it can't be told whether it compares any. */
export type YarnCacheKey =
  | { readonly type: 'known'; readonly key: string }
  | { readonly type: 'unknown'; readonly reason: string }

/** The version of the cache of every Yarn 4. */
const cacheVersion = '10'

/** Settings that change whether checksums are compared, or what they begin with. */
const variables = [
  'YARN_CHECKSUM_BEHAVIOR',
  'YARN_COMPRESSION_LEVEL',
  'YARN_CACHE_VERSION_OVERRIDE',
  'YARN_CACHE_CHECKPOINT_OVERRIDE',
  'YARN_INJECT_ENVIRONMENT_FILES',
]

/**
 * The key that Yarn would put before the checksums that it makes here. It compares only checksums
 * with the same one: any other is taken for out of date, and what is served is accepted.
 *
 * @see https://github.com/yarnpkg/berry (`packages/yarnpkg-core/sources/Cache.ts`)
 */
export async function readYarnCacheKey(
  version: string | undefined,
  place: ConfigPlace,
): Promise<YarnCacheKey> {
  if (version === undefined)
    return unknown('the version of Yarn is not known: name it in packageManager')
  if (!version.startsWith('4.'))
    return unknown(`whether Yarn ${version} compares checksums is not known`)
  const variable = variables.find((name) => place.env[name] !== undefined)
  if (variable !== undefined) return unknown(`${variable} is set`)
  if ((await orAbsent(lstat(path.join(place.root, '.env.yarn')))) !== undefined) {
    return unknown('.env.yarn may change whether Yarn compares checksums')
  }
  const settings = await loadYarnBerrySettings(place)
  const find = (name: string): { readonly file: string; readonly value: unknown } | undefined =>
    settings
      .filter(({ value }) => Object.hasOwn(value, name))
      .map(({ file, value }) => ({ file, value: value[name] }))[0]
  const behavior = find('checksumBehavior')
  if (behavior !== undefined && behavior.value !== 'throw') {
    return unknown(`${behavior.file} sets checksumBehavior, and Yarn then accepts other bytes`)
  }
  return describeLevel(find('compressionLevel'))
}

function describeLevel(
  found: { readonly file: string; readonly value: unknown } | undefined,
): YarnCacheKey {
  const { file = '', value = 0 } = found ?? {}
  if (value === 'mixed') return { type: 'known', key: cacheVersion }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9) {
    return { type: 'known', key: `${cacheVersion}c${value}` }
  }
  return unknown(`${file} sets a compressionLevel that can’t be read`)
}

function unknown(reason: string): YarnCacheKey {
  return { type: 'unknown', reason }
}
