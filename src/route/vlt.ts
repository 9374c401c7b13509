import type { ClientSetting } from '../config/client-setting.ts'
import type { VltConfig } from '../config/vlt-config.ts'
import { jsrNpmHost } from '../url/jsr-host.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import { chooseRoute } from './by-version.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/** What vlt's settings are called, and which of them count: other ones before and since 1.0.0. */
type Generation = 'candidate' | 'release'

/**
 * The registry that vlt would ask for a package of npm's, by its name in the registry: the mapping
 * of its scope; since 1.0.0 else the registry called npm, or the default one.
 *
 * Where the version is not known, it is the worst that a known one makes of the configuration.
 *
 * @see https://docs.vlt.sh/cli/registries
 */
export function findVltRoute(config: VltConfig, packageName: string): Route {
  const scope = readScope(packageName)
  return chooseRoute(
    generationsOf(config).map((generation) => findRoute(config, scope, generation)),
  )
}

/** Where vlt goes for `jsr:`. Before 1.0.0 nothing changes that. */
export function findVltNativeRoute(config: VltConfig): Route {
  return chooseRoute(
    generationsOf(config).map((generation) => {
      const setting = generation === 'release' ? find(config, 'jsr-registries jsr') : undefined
      return setting === undefined
        ? createBuiltInRoute(`https://${jsrNpmHost}/`, vltDefault)
        : createSettingRoute(setting, 'scope')
    }),
  )
}

const vltDefault = "vlt's default"

function generationsOf({ version }: VltConfig): readonly Generation[] {
  if (version === undefined) return ['candidate', 'release']
  return /^(?:0\.|1\.0\.0-)/.test(version) ? ['candidate'] : ['release']
}

function findRoute(config: VltConfig, scope: string | undefined, generation: Generation): Route {
  const table = generation === 'release' ? 'scoped-registries' : 'scope-registries'
  const mapping = scope === undefined ? undefined : find(config, `${table} ${scope}`)
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  // The alias npm: means the registry called npm, which was not to be changed before 1.0.0.
  if (generation === 'candidate' && scope !== undefined) return publicRoute
  const registry = find(config, 'registries npm') ?? find(config, 'registry')
  if (registry !== undefined) return createSettingRoute(registry, 'default')
  return generation === 'candidate' ? publicRoute : noRoute
}

const publicRoute: Route = createBuiltInRoute(publicNpmRegistry, vltDefault)

/** vlt stops without a registry. */
const noRoute: Route = {
  url: undefined,
  text: 'no registry',
  kind: 'built-in',
  from: vltDefault,
  file: undefined,
  line: undefined,
}

/** What all places agree on. */
function find({ places }: VltConfig, key: string): ClientSetting | undefined {
  const found = places.flatMap((place) => place(key) ?? [])
  const [first] = found
  if (first === undefined || found.every(({ value }) => value === first.value)) return first
  return { ...first, value: undefined, raw: 'several files that differ' }
}
