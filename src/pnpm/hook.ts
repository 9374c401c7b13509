import { createFetchers, nameOf, refuseDist, refuseTarball } from './fetch.ts'
import { toHookError } from './hook-error.ts'
import { refuseResolved, type Bench } from './judge.ts'
import type { HookMachine } from './machine.ts'
import { refuseWanted, rewriteDependencies, rewriteImporters } from './manifest.ts'
import type { HookContext, Pnpmfile, PnpmHooks, PnpmObject } from './pnpmfile.ts'
import { refuseRegistries } from './route.ts'
import { openOnce, updateConfig, type HookRun } from './run.ts'
import type { HookSettings } from './settings.ts'

/**
 * jsr-guard's pnpmfile, for pnpm 9 to 12. Does nothing until pnpm calls.
 *
 * `updateConfig` sets the route of `@jsr`. The first `readPackage` is the kill switch: throwing there
 * is the one thing that keeps every version from fetching, linking and running anything.
 * `preResolution`, the fetchers and `afterAllResolved` look again where they are called.
 *
 * A project's own hooks in `settings.hooks` run first, so that what they add is judged.
 */
export function createPnpmfile(machine: HookMachine, settings: HookSettings = {}): Pnpmfile {
  const run: HookRun = {
    machine,
    settings,
    routed: undefined,
    bench: undefined,
    opening: undefined,
  }
  const own = settings.hooks ?? {}
  return {
    hooks: createHooks(run, own),
    resolvers: [
      { canResolve: refuseResolving, resolve: neverCalled },
      ...(settings.resolvers ?? []),
    ],
    fetchers: [
      {
        canFetch: async (packageId, resolution) =>
          await explain(async () => {
            refuseTarball(resolution['tarball'], nameOf(packageId), await openOnce(run))
            return false
          }),
        fetch: neverCalled,
      },
      ...(settings.fetchers ?? []),
    ],
  }
}

function createHooks(run: HookRun, own: PnpmHooks): PnpmHooks {
  return {
    ...own,
    updateConfig: async (config) =>
      await explain(
        async () => await updateConfig(run, (await own.updateConfig?.(config)) ?? config),
      ),
    readPackage: (manifest, context) =>
      run.bench !== undefined && own.readPackage === undefined
        ? vetManifest(manifest, run.bench)
        : explain(async () => await readPackage(run, manifest, context)),
    preResolution: async (context, logger) => {
      await explain(async () => {
        await vetContext(run, context)
        await own.preResolution?.(context, logger)
      })
    },
    afterAllResolved: async (lockfile, context) =>
      await explain(async () => {
        const resolved = (await own.afterAllResolved?.(lockfile, context)) ?? lockfile
        refuseResolved(resolved, { file: 'pnpm-lock.yaml', bench: await openOnce(run) })
        return rewriteImporters(resolved)
      }),
    fetchers: createFetchers(own['fetchers'], async () => await openOnce(run)),
  }
}

async function readPackage(
  run: HookRun,
  manifest: PnpmObject,
  context: HookContext,
): Promise<PnpmObject> {
  const bench = await openOnce(run, manifest)
  return vetManifest(
    (await run.settings.hooks?.readPackage?.(manifest, context)) ?? manifest,
    bench,
  )
}

function vetManifest(manifest: PnpmObject, bench: Bench): PnpmObject {
  refuseDist(manifest, bench)
  return rewriteDependencies(manifest)
}

/** Only now is it certain where pnpm goes, and which lockfile it has read. */
async function vetContext(run: HookRun, context: PnpmObject): Promise<void> {
  const { registries, wantedLockfile } = context
  const bench = await openOnce(run)
  refuseRegistries(registries, bench.registry)
  refuseResolved(wantedLockfile, { file: 'pnpm-lock.yaml', bench })
}

/** Never takes a package over; an address on JSR is refused before pnpm asks there. */
function refuseResolving(wanted: PnpmObject): boolean {
  refuseWanted(wanted)
  return false
}

function neverCalled(): never {
  throw new Error('jsr-guard neither resolves nor fetches packages')
}

async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toHookError(error)
  }
}
