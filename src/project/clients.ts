import type { NpmConfig } from '../config/npm-config.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import type { PnpmYaml } from '../config/pnpm-workspace.ts'
import type { ClientInUse } from '../policy/rule.ts'
import { createRouteFinder } from '../route/clients.ts'
import type { Route } from '../route/route.ts'
import type { DetectedClients } from './clients-in-use.ts'
import type { DeclaredClient } from './declared-clients.ts'
import { loadPnpmConfig } from './pnpm-config.ts'

/** What the clients of a project are made from. */
export interface LoadClientsOptions {
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly declared: readonly DeclaredClient[]
  readonly npmConfig: NpmConfig
  /** The settings of `pnpm-workspace.yaml`. */
  readonly workspace: PnpmYaml | undefined
  /** The pnpm that would be run where the project does not say which, or that is going to run. */
  readonly pnpm: { readonly version: string | undefined; readonly isRun?: boolean } | undefined
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
  { hasNpm, hasPnpm }: Pick<DetectedClients, 'hasNpm' | 'hasPnpm'>,
  options: LoadClientsOptions,
): Promise<LoadedClients> {
  const { declared, npmConfig, pnpm } = options
  const clients = hasNpm ? [createNpmClient(npmConfig)] : []
  if (!hasPnpm) return { clients, pnpmConfig: undefined }
  const named = declared.find(({ client }) => client === 'pnpm')
  // A range that is declared says nothing of the version that is run.
  const version = named === undefined || pnpm?.isRun ? pnpm?.version : named.version
  const pnpmConfig = await loadPnpmConfig({ ...options, version, npm: npmConfig })
  return { clients: [...clients, createPnpmClient(pnpmConfig)], pnpmConfig }
}

/** Any package of the scope shows where npm goes for it. */
export function createNpmClient(config: NpmConfig): ClientInUse {
  const routeOf = createRouteFinder('npm', config)
  return { name: 'npm', version: config.version, route: routeOf('@jsr/scope__name'), routeOf }
}

/** The route depends on the scope alone, and a lockfile asks for each of its packages. */
function createPnpmClient(config: PnpmConfig): ClientInUse {
  const find = createRouteFinder('pnpm', config)
  const routes = new Map<string, Route>()
  const routeOf = (packageName: string): Route => {
    const slash = packageName.startsWith('@') ? packageName.indexOf('/') : -1
    const scope = slash === -1 ? '' : packageName.slice(0, slash)
    const route = routes.get(scope) ?? find(packageName)
    routes.set(scope, route)
    return route
  }
  return { name: 'pnpm', version: config.version, route: routeOf('@jsr/scope__name'), routeOf }
}
