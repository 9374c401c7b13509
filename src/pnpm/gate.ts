import { isRecord } from '../json/record.ts'
import type { Policy } from '../config/policy-file.ts'
import { detectJsrSupport } from '../policy/jsr-support.ts'
import { createClientInUse } from '../policy/client-in-use.ts'
import { detectPrivateRegistry } from '../policy/private-registry.ts'
import type { ClientInUse } from '../policy/rule.ts'
import { findPnpmRoute } from '../route/pnpm.ts'
import { formatJsrName } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, parseJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { rewriteToNpm } from '../specifier/rewrite.ts'
import { createHookError } from './hook-error.ts'
import { refuseLockfiles, type Bench } from './judge.ts'
import type { HookMachine, HookProject, HookProjectConfig } from './machine.ts'
import type { PnpmObject } from './pnpmfile.ts'
import { createForcedRoute, createNoRegistry, refuseArguments } from './route.ts'
import { mergeSettings, type HookSettings } from './settings.ts'

/** What `updateConfig` has found out, where it runs in the same process as what comes after it. */
export interface Routed {
  /** The project's folder, and the one whose lockfile pnpm reads. */
  readonly folders: readonly string[]
  readonly version: string | undefined
  /** `undefined` where this version has no place for a route. */
  readonly registry: URL | undefined
}

/** What is known before anything is fetched. */
export interface GateOptions {
  readonly machine: HookMachine
  readonly settings: HookSettings
  readonly routed: Routed | undefined
}

/** The policy of a project, with what the call of `.with` adds. */
export async function loadSettings(project: HookProject, settings: HookSettings): Promise<Policy> {
  return mergeSettings(await project.loadPolicy(), settings)
}

/**
 * The kill switch: judges where pnpm goes, and every lockfile of the project, before pnpm does
 * anything. `manifest` is the first that pnpm reads.
 *
 * @throws Error with what was found, and what to type.
 */
export async function openGate(manifest: PnpmObject, options: GateOptions): Promise<Bench> {
  const { machine, settings, routed } = options
  const project = await machine.open(routed?.folders ?? [])
  const policy = await loadSettings(project, settings)
  const version = await findVersion(options)
  const config = await project.loadConfig(version)
  const route = findRoute(config, { policy, options, version })
  const bench: Bench = { ...route, policy, today: machine.today() }
  if (isBlind(options)) refuseUnseen(manifest, config)
  if (detectJsrSupport(route.client).type !== 'reads') refuseJsrArguments(machine.argv)
  const { workspaceFile } = config
  refuseLockfiles({ lockfiles: await config.loadLockfiles(), workspaceFile }, bench)
  return bench
}

/** Whether no `updateConfig` has set a route: pnpm 9 to 10.7 know none. */
function isBlind({ routed, machine }: GateOptions): boolean {
  return routed === undefined && !machine.isWorker
}

async function findVersion(options: GateOptions): Promise<string | undefined> {
  if (options.routed?.version !== undefined) return options.routed.version
  return options.machine.isWorker ? latestVersion : await options.machine.findVersion()
}

/** Every pnpm 12 takes its configuration from the same places. */
const latestVersion = '12.0.0'

interface RouteOptions {
  readonly policy: Policy
  readonly options: GateOptions
  readonly version: string | undefined
}

function findRoute(
  { pnpmConfig }: HookProjectConfig,
  { policy, options, version }: RouteOptions,
): { readonly registry: URL; readonly client: ClientInUse } {
  const onDisk = (name: string) => findPnpmRoute(pnpmConfig, name)
  const routes = [onDisk('@jsr/scope__name'), onDisk('name')]
  const isForced = !isBlind(options)
  // What is built in gives way to the hook, so only the default registry counts beside it.
  const heeded = isForced ? routes.filter(({ kind }) => kind !== 'built-in') : routes
  const known = options.routed?.registry ?? policy.registry
  const registry = detectPrivateRegistry({ pinned: known, routes: heeded })
  if (registry === undefined) throw createNoRegistry()
  if (isForced) {
    const forced = createForcedRoute(registry)
    return {
      registry,
      client: createClientInUse({ name: 'pnpm', version, findRoute: () => forced }),
    }
  }
  refuseArguments(options.machine.argv, { registry, isDefaultHeeded: true })
  return { registry, client: createClientInUse({ name: 'pnpm', version, findRoute: onDisk }) }
}

/** `pnpm add jsr:@luca/cases` links to a folder of that name, where pnpm knows no `jsr:`. */
function refuseJsrArguments(argv: readonly string[]): void {
  for (const argument of argv) {
    const [, alias = '', specifier] = /^(?:(@?[^@]+)@)?(jsr:.*)$/is.exec(argument) ?? []
    if (specifier === undefined) continue
    const { name } = parseJsrSpecifier(specifier, alias)
    const written = `${alias === '' ? formatJsrName(name) : alias}@${rewriteToNpm(specifier, alias)}`
    throw createHookError(`this version of pnpm takes ${argument} for a folder`, [
      `write ${written}`,
    ])
  }
}

/** What stands where a hook without `updateConfig` can't change it: pnpm 9 knows no `jsr:`. */
function refuseUnseen(manifest: PnpmObject, { workspaceFile }: HookProjectConfig): void {
  const pnpm = isRecord(manifest['pnpm']) ? manifest['pnpm'] : {}
  const overrides = isRecord(pnpm['overrides']) ? Object.entries(pnpm['overrides']) : []
  const own = overrides.flatMap(([key, value]) =>
    typeof value === 'string' && isJsrSpecifier(value)
      ? [`package.json pnpm.overrides ${key}`]
      : [],
  )
  const others = (workspaceFile?.dependencies ?? []).flatMap(({ specifier, line, alias }) =>
    isJsrSpecifier(specifier) ? [`${workspaceFile?.file}:${line} ${alias}`] : [],
  )
  const places = [...own, ...others]
  if (places.length === 0) return
  throw createHookError('this version of pnpm knows no jsr:, and no hook can change it here', [
    ...places,
    'write npm:@jsr/scope__name@range instead: npx jsr-guard rewrite --write',
  ])
}
