import type { RegistryName, World } from '../../world/world.ts'

/** The package that the attacks are about, as registries know it. */
export const jsrName = '@jsr/luca__cases'

/** What npm reads in place of `jsr:^1`. */
export const aliasOfCases: string = `npm:${jsrName}@^1`

/** An entry for `@luca/cases` 1.0.0 in which JSR's own tarball would pass every check of npm's. */
export function lockedCases(world: World, fields: object): object {
  const integrity = world.published(jsrName, '1.0.0').jsrIntegrity
  return { name: jsrName, version: '1.0.0', integrity, ...fields }
}

/** The entry for `is-tiny`, from that registry. */
export function lockedTiny(world: World, registry: RegistryName = 'good'): object {
  const resolved = `${world.registry(registry)}is-tiny/-/is-tiny-1.0.0.tgz`
  return { version: '1.0.0', resolved, integrity: world.published('is-tiny', '1.0.0').integrity }
}

/** A lockfile of npm's for a project whose manifest has these fields. */
export function lockfileOf(manifest: object, entries: object): object {
  return {
    name: 'p',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'p', ...manifest }, ...entries },
  }
}
