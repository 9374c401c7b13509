import path from 'node:path'
import { emptyPolicy } from '../config/empty-policy.ts'
import type { Policy } from '../config/policy-file.ts'
import { JsrGuardError } from '../errors.ts'
import { readFileText } from './file-text.ts'

/** A policy, and where it was found. */
export interface LoadedPolicy extends FoundPolicy {
  /** Whether it was named, and not found in the project: then it may be that of many projects. */
  readonly isNamed: boolean
}

interface FoundPolicy extends Policy {
  /** Path for messages: relative to the project, or absolute; `undefined` where there is none. */
  readonly file: string | undefined
}

/** A manifest that may hold the policy. */
interface PolicyManifest {
  readonly manifest: { readonly file: string }
  readonly text: string
}

/** What the policy is looked for with. */
export interface LoadPolicyOptions {
  /** Absolute path of the project. */
  readonly root: string
  /** The root's first, where there is one. */
  readonly manifests: readonly PolicyManifest[]
  /** Absolute path of the policy file; default `jsr-guard.json` in the root. */
  readonly config?: string | undefined
  /** The private registry, over the policy's; as written. */
  readonly registry?: string | undefined
}

/**
 * Reads the policy: the file that is named, else `jsr-guard.json`, else the `jsr-guard` key of
 * package.json, else one that leaves everything as it is by default; laid over what it extends.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, or `ERR_JSR_GUARD_URL` for a registry on the command
 *   line that can't be private.
 */
export async function loadPolicy(options: LoadPolicyOptions): Promise<LoadedPolicy> {
  const { root, config, registry } = options
  const pinned = registry === undefined ? undefined : await readRegistry(registry)
  const own = (await loadFile(options)) ?? (await readKey(options)) ?? noPolicy
  const { file } = own
  const policy = file === undefined ? own : await extend({ ...own, file }, root)
  const loaded = { ...policy, file, isNamed: config !== undefined }
  return pinned === undefined ? loaded : { ...loaded, registry: pinned }
}

// What reads policies is loaded where there is one: many projects have none.

async function readRegistry(text: string): Promise<URL> {
  const { parsePrivateRegistry } = await import('../config/policy-file.ts')
  return parsePrivateRegistry(text)
}

async function extend(own: Policy & { readonly file: string }, root: string): Promise<Policy> {
  if (own.extends.length === 0) return own
  const { loadExtended } = await import('./policy-extends.ts')
  return await loadExtended(own, root)
}

/** The policy file where none is named. */
export const policyFileName = 'jsr-guard.json'

const noPolicy: FoundPolicy = { ...emptyPolicy, file: undefined }

async function loadFile(options: LoadPolicyOptions): Promise<FoundPolicy | undefined> {
  const { root, config } = options
  const file = config === undefined ? policyFileName : formatPath(root, config)
  const found = await readFileText(config ?? path.join(root, policyFileName))
  if (found.type === 'text') {
    const { readPolicy } = await import('../config/policy-file.ts')
    return { ...readPolicy(found.text, file), file }
  }
  if (found.type === 'absent' && config === undefined) return undefined
  const reason = found.type === 'absent' ? 'there is no such file' : found.reason
  throw new JsrGuardError('ERR_JSR_GUARD_POLICY', `the policy can't be read: ${reason}`, { file })
}

function formatPath(root: string, file: string): string {
  const relative = path.relative(root, file)
  const isInside = !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
  return isInside ? relative.replaceAll(path.sep, '/') : file
}

async function readKey({ manifests }: LoadPolicyOptions): Promise<FoundPolicy | undefined> {
  const [first] = manifests
  if (first === undefined || !mayHoldKey(first.text)) return undefined
  const { readManifestPolicy } = await import('../config/policy-file.ts')
  const policy = readManifestPolicy(first.text, first.manifest.file)
  return policy === undefined ? undefined : { ...policy, file: first.manifest.file }
}

/** Reading the manifest once more takes longer than all else about a policy that isn't there. */
function mayHoldKey(text: string): boolean {
  return text.includes('jsr-guard') || text.includes('\\')
}
