/** Tells which entry of a `yarn.lock` stands for what is asked for. */
export interface YarnKeys {
  /** The key of the entry; `undefined` where it can't be told. */
  readonly find: (alias: string, ...ranges: readonly string[]) => string | undefined
}

/**
 * Makes a lookup of entries by `name@range`. What is asked for under a range that no entry has, as
 * where `resolutions` put another in its place, is the entry of that name if there is only one.
 *
 * @param descriptors each `name@range` of the lockfile, and the descriptors of its entry, of which
 *   the first is the entry's key here
 */
export function createYarnKeys(
  descriptors: ReadonlyArray<readonly [descriptor: string, entry: readonly string[]]>,
): YarnKeys {
  const exact = new Map<string, string>()
  const byName = new Map<string, string | undefined>()
  for (const [descriptor, [key = descriptor]] of descriptors) {
    exact.set(descriptor, key)
    const at = descriptor.indexOf('@', 1)
    const name = at === -1 ? descriptor : descriptor.slice(0, at)
    const isOther = byName.has(name) && byName.get(name) !== key
    byName.set(name, isOther ? undefined : key)
  }
  return {
    find: (alias, ...ranges) => {
      const found = ranges.find((range) => exact.has(`${alias}@${range}`))
      return found === undefined ? byName.get(alias) : exact.get(`${alias}@${found}`)
    },
  }
}
