import { readFile } from 'node:fs/promises'
import { hookFileName } from '../config/pnpm-hook.ts'
import { readPnpmYaml } from '../config/pnpm-workspace.ts'
import { addJsrRegistry } from '../config/pnpm-workspace-edit.ts'
import { JsrGuardError } from '../errors.ts'
import { workspaceFileName } from '../project/pnpm-files.ts'
import { loadPnpmHook } from '../project/pnpm-hook.ts'
import { loadHookConfig } from '../project/pnpm-hook-project.ts'
import { readProjectText } from '../project/project-text.ts'
import { findPnpmRoute } from '../route/pnpm.ts'
import type { Route } from '../route/route.ts'
import { redactText } from '../url/redact.ts'
import { parseRegistryUrl } from '../url/web-url.ts'
import type { InitEdit, InitOptions, InitPlan } from './init.ts'
import { findPnpmInUse } from './pnpm-in-use.ts'

/** The hook's name beside hooks of the project's own. */
const secondHookName = 'jsr-guard.pnpmfile.cjs'

/** What makes the two one; it goes to the end of the project's own. */
const joiningLine = `module.exports = require('./${secondHookName}').with(module.exports)`

/**
 * What pnpm needs beside `.npmrc`: the route in `pnpm-workspace.yaml` where that hides `.npmrc`, and
 * the hook. Hooks of the project's own are kept, and jsr-guard's lies beside them.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where `pnpm-workspace.yaml` names another registry.
 */
export async function editPnpm(plan: InitPlan): Promise<InitEdit[]> {
  return [...(await editWorkspaceFile(plan)), await editHook(plan)]
}

/** Since pnpm 10 it goes before `.npmrc`, and in 10 a list of registries hides `.npmrc` altogether. */
async function editWorkspaceFile({ root, registry }: InitPlan): Promise<InitEdit[]> {
  const file = workspaceFileName
  const before = await readProjectText(root, file)
  if (before === undefined) return []
  const { registries } = readPnpmYaml(before, file)
  if (registries?.isDeclared !== true) return []
  const mapped = registries.scopes.get('@jsr')
  if (mapped === undefined) {
    if (registries.shape === 'urls') return []
    return [{ file, before, after: addJsrRegistry(before, registry) }]
  }
  const { value, line } = mapped
  const url = typeof value === 'string' ? parseRegistryUrl(value) : undefined
  if (url?.href === registry.href) return [{ file, before, after: before }]
  const other = typeof value === 'string' ? redactText(value) : 'something that is no address'
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `@jsr leads to ${other} already`, {
    hint: `let registries name ${registry.href} for @jsr, or take @jsr out of it`,
    file,
    line,
  })
}

/** Every hook that jsr-guard has written begins with this. */
const hookStart = '// The pnpm hook of jsr-guard '

async function editHook({ root }: InitPlan): Promise<InitEdit> {
  const text = await readFile(new URL('../../dist/pnpmfile.cjs', import.meta.url), 'utf8')
  const own = await readProjectText(root, hookFileName)
  if (own === undefined || own.startsWith(hookStart)) {
    return { file: hookFileName, before: own, after: text }
  }
  // It requires the package's hook, or the one that lies beside it.
  if (own.includes('jsr-guard/pnpmfile')) return { file: hookFileName, before: own, after: own }
  const before = await readProjectText(root, secondHookName)
  return { file: secondHookName, before, after: text }
}

/** Where pnpm goes for `@jsr` without its hook. */
export async function loadPnpmRoute(
  root: string,
  options: InitOptions,
): Promise<Route & { readonly isOwn: boolean }> {
  const { version } = await findPnpmInUse(options.env)
  const { pnpmConfig } = await loadHookConfig(root, version, options)
  const route = findPnpmRoute(pnpmConfig, '@jsr/scope__name')
  const isOwn = route.file === '.npmrc' || route.file === workspaceFileName
  return { ...route, isOwn: route.kind === 'scope' && isOwn }
}

/** What keeps pnpm from running the hook. */
export async function listPnpmAdvice(root: string, options: InitOptions): Promise<string[]> {
  const { version } = await findPnpmInUse(options.env)
  const { pnpmConfig } = await loadHookConfig(root, version, options)
  const hook = await loadPnpmHook(root, pnpmConfig)
  if (hook === undefined) return [`add this line to the end of ${hookFileName}: ${joiningLine}`]
  return hook.bypasses.map(({ from }) => `pnpm passes over ${hook.file} because of ${from}`)
}
