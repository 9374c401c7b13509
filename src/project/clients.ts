import type { NpmConfig } from '../config/npm-config.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import type { PnpmYaml } from '../config/pnpm-workspace.ts'
import { createClientInUse } from '../policy/client-in-use.ts'
import type { ClientInUse } from '../policy/rule.ts'
import { createRouteFinder, findNativeRoute, type ClientConfigs } from '../route/clients.ts'
import type { ClientName } from '../route/route.ts'
import type { DeclaredClient } from './declared-clients.ts'

/** What the clients of a project are made from. */
export interface LoadClientsOptions {
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly declared: readonly DeclaredClient[]
  readonly npmConfig: NpmConfig
  /** The settings of `pnpm-workspace.yaml`. */
  readonly workspace: PnpmYaml | undefined
  /** Of the clients that would be run where the project does not say which. */
  readonly versions: Readonly<Partial<Record<ClientName, string | undefined>>>
  /** The client that is going to run: its version is known, whatever the project asks for. */
  readonly running?: ClientName | undefined
  /** The `node` that runs clients which have their global files beside it. */
  readonly nodePath: string | undefined
}

/** The clients of a project. */
export interface LoadedClients {
  readonly clients: readonly ClientInUse[]
  /** `undefined` where pnpm is not in use. */
  readonly pnpmConfig: PnpmConfig | undefined
}

/**
 * The clients in use that can be judged, each with where it goes.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for configuration that can't be read.
 */
export async function loadClients(
  inUse: ReadonlySet<ClientName>,
  options: LoadClientsOptions,
): Promise<LoadedClients> {
  const names = otherNames.filter((name) => inUse.has(name))
  const [pnpmConfig, ...others] = await Promise.all([
    inUse.has('pnpm') ? loadPnpm(options) : undefined,
    ...names.map(async (name) => ({
      ...createClient(name, await loaders[name](options)),
      isTranslated: options.running === name,
    })),
  ])
  const npm = inUse.has('npm') ? [createNpmClient(options.npmConfig)] : []
  const pnpm = pnpmConfig === undefined ? [] : [createClient('pnpm', pnpmConfig)]
  return { clients: [...npm, ...pnpm, ...others], pnpmConfig }
}

async function loadPnpm(options: LoadClientsOptions): Promise<PnpmConfig> {
  const { loadPnpmConfig } = await import('./pnpm-config.ts')
  const version = findVersion('pnpm', options)
  return await loadPnpmConfig({ ...options, version, npm: options.npmConfig })
}

type OtherName = Exclude<keyof ClientConfigs, 'npm' | 'pnpm'>

/** How each of the other clients is read: the one list. A project has few of them. */
const loaders: {
  readonly [Name in OtherName]: (options: LoadClientsOptions) => Promise<ClientConfigs[Name]>
} = {
  async yarn(options) {
    const { loadYarnConfig } = await import('./yarn-config.ts')
    return await loadYarnConfig({ ...options, version: findVersion('yarn', options) })
  },
  async 'yarn-berry'(options) {
    const { loadYarnBerryConfig } = await import('./yarn-berry-config.ts')
    return await loadYarnBerryConfig({ ...options, version: findVersion('yarn-berry', options) })
  },
  async bun(options) {
    const { loadBunConfig } = await import('./bun-config.ts')
    return await loadBunConfig({ ...options, version: findVersion('bun', options) })
  },
  async deno(options) {
    const { loadDenoConfig } = await import('./deno-config.ts')
    return await loadDenoConfig({ ...options, version: findVersion('deno', options) })
  },
  async vlt(options) {
    const { loadVltConfig } = await import('./vlt-config.ts')
    return await loadVltConfig({ ...options, version: findVersion('vlt', options) })
  },
}

const otherNames: readonly OtherName[] = ['yarn', 'yarn-berry', 'bun', 'deno', 'vlt']

/** A range that is declared says nothing of the version that is run. */
function findVersion(
  client: ClientName,
  { declared, versions, running }: LoadClientsOptions,
): string | undefined {
  const named = declared.find((one) => one.client === client)
  return named === undefined || running === client ? versions[client] : named.version
}

/** Any package of the scope shows where npm goes for it. */
export function createNpmClient(config: NpmConfig): ClientInUse {
  const routeOf = createRouteFinder('npm', config)
  return { name: 'npm', version: config.version, route: routeOf('@jsr/scope__name'), routeOf }
}

function createClient<Name extends keyof ClientConfigs>(
  name: Name,
  config: ClientConfigs[Name],
): ClientInUse {
  const findRoute = createRouteFinder(name, config)
  return {
    ...createClientInUse({ name, version: config.version, findRoute }),
    nativeRoute: findNativeRoute(name, config),
  }
}
