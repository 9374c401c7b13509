import path from 'node:path'
import { parsePrivateRegistry } from '../config/policy-file.ts'
import { findJsrMapping, jsrScopeKey, setJsrMapping } from '../config/npmrc-edit.ts'
import { setPolicyRegistry } from '../config/policy-edit.ts'
import { JsrGuardError } from '../errors.ts'
import { hasCode } from '../project/error-code.ts'
import { readProjectText } from '../project/project-text.ts'
import { findFolder } from '../project/folder.ts'
import { loadNpmRoute } from '../project/load.ts'
import { findNpmRoot } from '../project/npm-root.ts'
import { findProjectRoot } from '../project/pnpm-root.ts'
import { loadPolicy, policyFileName } from '../project/policy.ts'
import { loadManifests, type LoadedManifest } from '../project/workspaces.ts'
import { writeFileAtomically } from '../project/write.ts'
import type { ReportedRoute } from '../report/report.ts'
import { redactText, redactUrl } from '../url/redact.ts'
import { isLoopback, parseWebUrl } from '../url/web-url.ts'
import { setUpProduct } from './init-product.ts'
import { editPnpm, listPnpmAdvice, loadPnpmRoute } from './init-pnpm.ts'
import { findNpmInUse } from './npm-in-use.ts'

/** What to set up, and how. */
export interface InitOptions {
  /** Where to look for the project; absolute. */
  readonly cwd: string
  /** The private registry, as written. */
  readonly registry: string
  /** Whether another registry that is configured is replaced. */
  readonly isForced: boolean
  /** The client that is set up; for pnpm the hook belongs to it. Default npm. */
  readonly client?: 'npm' | 'pnpm' | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home. */
  readonly home: string
}

/** What became of a project. */
export interface InitResult {
  readonly files: readonly InitFile[]
  /** Where the client goes for `@jsr` now, and what decides it. */
  readonly route: ReportedRoute
  /** Whether that is the private registry, by the project's own mapping. */
  readonly isRouted: boolean
  /** The registry's product, where its address tells it. */
  readonly product?: string
  /** What is left to do by hand before the project is guarded, a line each. */
  readonly advice: readonly string[]
  /** Where the credentials come from, and what clients without `.npmrc` need, a line each. */
  readonly notes?: readonly string[]
}

/** A file of the configuration, and what became of it. */
export interface InitFile {
  /** Path relative to the project. */
  readonly file: string
  readonly change: 'created' | 'changed' | 'unchanged'
}

/**
 * Writes the configuration that keeps `@jsr` with the private registry: the mapping in the
 * project's `.npmrc`, and the policy that names the registry. Everything else in these files stays
 * as it is; where all is as it should be, nothing is written.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_URL` for a registry that can't be private,
 *   `ERR_JSR_GUARD_CONFIG` and `ERR_JSR_GUARD_POLICY` where another one is configured or a file
 *   can't be read; then nothing has been written.
 */
export async function initProject(options: InitOptions): Promise<InitResult> {
  const registry = parseSecureRegistry(options.registry)
  const cwd = await findFolder(options.cwd)
  const isPnpm = options.client === 'pnpm'
  const root = isPnpm ? await findProjectRoot(cwd) : await findNpmRoot(cwd)
  const manifests = await loadManifests(root)
  if (manifests.length === 0) throw nothingToInit()
  const plan = { root, manifests, registry, isForced: options.isForced }
  const setup = await setUpProduct({ ...options, ...plan, cwd }, [
    await editNpmrc(plan),
    await editPolicy(plan),
    ...(isPnpm ? await editPnpm(plan) : []),
  ])
  const { edits } = setup
  for (const edit of edits) await writeEdit(root, edit)
  const route = isPnpm
    ? await loadPnpmRoute(root, options)
    : await loadNpmRoute({ ...options, cwd, root, npm: await findNpmInUse(options.env) })
  return {
    files: edits.map(({ file, before, after }) => ({ file, change: describe(before, after) })),
    route: { url: route.url === undefined ? undefined : redactUrl(route.url), from: route.from },
    isRouted: route.isOwn && route.url?.href === registry.href,
    ...(setup.product === undefined ? {} : { product: setup.product }),
    ...(setup.notes.length === 0 ? {} : { notes: setup.notes }),
    advice: isPnpm ? await listPnpmAdvice(root, options) : [],
  }
}

function parseSecureRegistry(text: string): URL {
  const registry = parsePrivateRegistry(text)
  if (registry.protocol === 'https:' || isLoopback(registry.hostname)) return registry
  throw new JsrGuardError(
    'ERR_JSR_GUARD_URL',
    `npm would ask for @jsr over plain http: ${redactUrl(registry)}`,
    { hint: 'write the address with https' },
  )
}

function nothingToInit(): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_NOTHING_TO_CHECK', 'there is no package.json here', {
    hint: 'name the folder of the project with --cwd, or make one with npm init',
  })
}

/** What is to be set up. */
export interface InitPlan {
  readonly root: string
  readonly manifests: readonly LoadedManifest[]
  readonly registry: URL
  readonly isForced: boolean
}

/** A file's text as it is, if there is one, and as it is to be. */
export interface InitEdit {
  readonly file: string
  readonly before: string | undefined
  readonly after: string
}

async function editNpmrc({ root, registry, isForced }: InitPlan): Promise<InitEdit> {
  const file = '.npmrc'
  const before = await readProjectText(root, file)
  const mapping = findJsrMapping(before ?? '')
  if (mapping === undefined || isForced) {
    return { file, before, after: setJsrMapping(before ?? '', registry) }
  }
  const { value, line } = mapping
  if (isSame(value, registry)) return { file, before, after: before ?? '' }
  const other = typeof value === 'string' ? redactText(value) : 'something that is no address'
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${jsrScopeKey} is ${other} already`, {
    hint: 'replace it with --force',
    file,
    line,
  })
}

function isSame(value: unknown, registry: URL): boolean {
  if (typeof value !== 'string') return false
  const web = parseWebUrl(value.endsWith('/') ? value : `${value}/`)
  return web?.hasCredentials === false && web.url.href === registry.href
}

async function editPolicy({ root, manifests, registry, isForced }: InitPlan): Promise<InitEdit> {
  const policy = await loadPolicy({ root, manifests })
  const file = policy.file ?? policyFileName
  const before = await readProjectText(root, file)
  if (before === undefined) return { file, before, after: formatPolicy(registry) }
  if (policy.registry?.href === registry.href) return { file, before, after: before }
  if (policy.registry === undefined || isForced) {
    const inside = file === policyFileName ? [] : ['jsr-guard']
    return { file, before, after: setPolicyRegistry(before, registry, inside) }
  }
  throw new JsrGuardError(
    'ERR_JSR_GUARD_POLICY',
    `the policy names ${redactUrl(policy.registry)} already`,
    { hint: 'replace it with --force', file },
  )
}

function formatPolicy(registry: URL): string {
  const policy = { $schema: './node_modules/jsr-guard/schema.json', registry: registry.href }
  return `${JSON.stringify(policy, undefined, 2)}\n`
}

async function writeEdit(root: string, { file, before, after }: InitEdit): Promise<void> {
  if (before === after) return
  const expected = before === undefined ? {} : { expected: Buffer.from(before) }
  try {
    const isWritten = await writeFileAtomically(path.join(root, file), Buffer.from(after), expected)
    if (isWritten) return
  } catch (cause) {
    if (!hasCode(cause, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT')) throw cause
    const message = `${file} can't be written`
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', message, { file, cause })
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} was edited by somebody else meanwhile`, {
    hint: 'run jsr-guard init again',
    file,
  })
}

function describe(before: string | undefined, after: string): InitFile['change'] {
  if (before === undefined) return 'created'
  return before === after ? 'unchanged' : 'changed'
}
