import { createClientInUse } from '../policy/client-in-use.ts'
import { detectPrivateRegistry } from '../policy/private-registry.ts'
import { findPnpmRoute } from '../route/pnpm.ts'
import { loadSettings, openGate, type Routed } from './gate.ts'
import { refuseLockfiles, type Bench } from './judge.ts'
import type { HookMachine, HookProject } from './machine.ts'
import { rewriteConfig } from './manifest.ts'
import type { PnpmObject } from './pnpmfile.ts'
import { createNoRegistry, refuseArguments, routeConfig } from './route.ts'
import type { HookSettings } from './settings.ts'

/** What one process of pnpm knows so far. Those of pnpm 12 share nothing. */
export interface HookRun {
  readonly machine: HookMachine
  readonly settings: HookSettings
  /** Set by `updateConfig`, where that runs in this process. */
  routed: Routed | undefined
  /** Set once the gate is open. */
  bench: Bench | undefined
  opening: Promise<Bench> | undefined
}

/**
 * Opens the gate, once for a process: who comes while it is being opened waits. `manifest` is the first
 * that pnpm has read, where it has.
 */
export async function openOnce(run: HookRun, manifest: PnpmObject = {}): Promise<Bench> {
  run.opening ??= open(run, manifest)
  return await run.opening
}

async function open(run: HookRun, manifest: PnpmObject): Promise<Bench> {
  const { machine, settings, routed } = run
  run.bench = await openGate(manifest, { machine, settings, routed })
  return run.bench
}

/**
 * Sets the route of `@jsr`, and rewrites what no other hook gets to see.
 *
 * @throws Error where the route can't be set, and is not the private registry by itself.
 */
export async function updateConfig(run: HookRun, config: PnpmObject): Promise<PnpmObject> {
  if (lookingCommands.has(run.machine.argv[2] ?? '')) return config
  const folders = listFolders(config)
  const version = /^pnpm\/(\S+)/.exec(String(config['userAgent']))?.[1]
  const project = await run.machine.open(folders)
  const policy = await loadSettings(project, run.settings)
  const routed = routeConfig(config, policy.registry)
  if (routed === undefined)
    await refuseRoute(project, { policy, version, today: run.machine.today() })
  else {
    const { registry } = routed
    refuseArguments(run.machine.argv, { registry, isDefaultHeeded: false })
  }
  run.routed = { folders, version, registry: routed?.registry }
  return rewriteConfig(routed?.config ?? config)
}

/**
 * Commands that only look at what is installed: they ask no registry, so that they need no route. Should
 * one of them read a manifest to install it after all, the gate finds no route set, and judges the one
 * that is configured.
 */
const lookingCommands: ReadonlySet<string> = new Set(['list', 'ls', 'la', 'll', 'why'])

/** The policy lies with the project, the lockfile may lie elsewhere. */
function listFolders({ lockfileDir, workspaceDir, dir }: PnpmObject): string[] {
  const folders = [workspaceDir ?? dir, lockfileDir].filter((folder) => typeof folder === 'string')
  return [...new Set(folders)]
}

/** The last version without a place for the route. */
const latestUnroutable = '12.4.0'

interface RouteWishes extends Pick<Bench, 'policy' | 'today'> {
  readonly version?: string | undefined
}

/** Where a hook can't set the route, what is configured has to lead to the private registry. */
async function refuseRoute(
  project: HookProject,
  { policy, today, version = latestUnroutable }: RouteWishes,
): Promise<void> {
  const { pnpmConfig } = await project.loadConfig(version)
  const findRoute = (name: string) => findPnpmRoute(pnpmConfig, name)
  const client = createClientInUse({ name: 'pnpm', version, findRoute })
  const routes = [client.route, client.routeOf('name')]
  const registry = detectPrivateRegistry({ pinned: policy.registry, routes })
  if (registry === undefined) throw createNoRegistry()
  refuseLockfiles({ lockfiles: [] }, { registry, policy, client, today })
}
