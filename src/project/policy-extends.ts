import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { readPolicy, type Policy } from '../config/policy-file.ts'
import { overlayPolicy } from '../config/policy-overlay.ts'
import type { PolicyReference } from '../config/policy-reference.ts'
import { JsrGuardError } from '../errors.ts'
import { hasCode } from './error-code.ts'
import { readFileText } from './file-text.ts'

/**
 * Lays a policy over those that it extends, and these over theirs. Files are read, nothing is run
 * or fetched; what can't be read stops the run, since a policy that is not applied must not look
 * like one.
 *
 * A file must lie in the repository of the policy that names it, or in the package of it: the policy
 * of a pull request must not be able to have any file of the machine read.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with the file and line of what names it.
 */
export async function loadExtended(
  policy: Policy & { readonly file: string },
  root: string,
): Promise<Policy> {
  if (policy.extends.length === 0) return policy
  const file = await realpath(path.resolve(root, policy.file))
  const top = await findTop(path.dirname(file))
  const repository = { top, root, count: 0 }
  return await resolveExtended(policy, { file, label: policy.file, top, chain: [file], repository })
}

/** A policy file that is being read. */
interface Place {
  /** Absolute, links resolved. */
  readonly file: string
  /** What messages call it. */
  readonly label: string
  /** The folder that the files it names must lie in. */
  readonly top: string
  /** The files that led here, this one included. */
  readonly chain: readonly string[]
  readonly repository: Repository
}

/** What is common to all that one policy extends. */
interface Repository {
  /** The folder up to which packages are looked for. */
  readonly top: string
  /** The project, from which messages name files. */
  readonly root: string
  /** How many policies have been read. */
  count: number
}

/** Far more than anyone has; policies that extend each other twice over would double with each. */
const maxPolicies = 64

async function resolveExtended(policy: Policy, place: Place): Promise<Policy> {
  let base: Policy | undefined
  for (const reference of policy.extends) {
    const extended = await readReferred(reference, place)
    base = base === undefined ? extended : overlayPolicy(base, extended)
  }
  return base === undefined ? policy : overlayPolicy(base, policy)
}

async function readReferred(reference: PolicyReference, place: Place): Promise<Policy> {
  const { repository } = place
  repository.count += 1
  if (repository.count > maxPolicies) {
    throw fail(reference, place, `more than ${maxPolicies} policies extend each other`)
  }
  const next = await findReferred(reference, place)
  if (place.chain.includes(next.file)) {
    throw fail(
      reference,
      place,
      `${reference.text} extends itself, by way of other policies or not`,
    )
  }
  const found = await readFileText(next.file)
  if (found.type !== 'text') {
    const reason = found.type === 'absent' ? 'it is gone' : found.reason
    throw fail(reference, place, `${reference.text} can't be read: ${reason}`)
  }
  return await resolveExtended(readPolicy(found.text, next.label), next)
}

async function findReferred(reference: PolicyReference, place: Place): Promise<Place> {
  const { repository, chain } = place
  const folder = await findFolderOf(reference, place)
  const file = path.resolve(folder, reference.type === 'file' ? reference.text : reference.path)
  const real = await findReal(file)
  if (real === undefined) throw fail(reference, place, `there is no ${reference.text} to extend`)
  const top = reference.type === 'file' ? place.top : folder
  if (!isBelow(top, real)) {
    throw fail(reference, place, `${reference.text} leads out of its repository or package`)
  }
  const isNear = isBelow(repository.top, real)
  const label = isNear ? formatPath(repository.root, real) : reference.text
  return { file: real, label, top, chain: [...chain, real], repository }
}

function formatPath(root: string, file: string): string {
  return path.relative(root, file).replaceAll(path.sep, '/')
}

/** What a reference is relative to; of a package its own folder, links resolved. */
async function findFolderOf(reference: PolicyReference, place: Place): Promise<string> {
  const start = path.dirname(place.file)
  if (reference.type === 'file') return start
  const limit = isBelow(place.repository.top, start) ? place.repository.top : place.top
  for (let folder = start; isBelow(limit, folder); folder = path.dirname(folder)) {
    const found = await findReal(path.join(folder, 'node_modules', reference.name))
    if (found !== undefined) return found
    if (folder === path.dirname(folder)) break
  }
  throw fail(reference, place, `the package ${reference.name} is not installed`)
}

/** The repository that a folder belongs to; the folder itself where there is none. */
async function findTop(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    if ((await findReal(path.join(at, '.git'))) !== undefined) return at
    if (at === path.dirname(at)) return folder
  }
}

/** A policy may name what no disk could hold, or what leads in circles. */
const absentCodes = [
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'ERR_INVALID_ARG_VALUE',
]

async function findReal(file: string): Promise<string | undefined> {
  try {
    return await realpath(file)
  } catch (error) {
    if (hasCode(error, ...absentCodes)) return undefined
    throw error
  }
}

function isBelow(top: string, file: string): boolean {
  const relative = path.relative(top, file)
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
}

function fail({ line }: PolicyReference, { label }: Place, message: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_POLICY', message, {
    file: label,
    line,
    hint: 'name a file beside the policy or a package that is installed; nothing is fetched',
  })
}
