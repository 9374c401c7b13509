import path from 'node:path'
import { JsrGuardError } from '../../errors.ts'
import { findLockfileFormat, isYarnBerry } from '../../lockfile/formats.ts'
import { readLockfile } from '../../lockfile/read.ts'
import type { LockedPackage, Lockfile } from '../../lockfile/locked-package.ts'
import type { JudgedLockfile } from '../../policy/rule.ts'
import type { ConfigPlace } from '../../project/config-place.ts'
import { readFileText } from '../../project/file-text.ts'
import type { CheckedProject } from '../check.ts'
import type { FixPlan, KeptPlace } from './edit.ts'
import { editors } from './editors.ts'
import { describeKept, planRepointings, type RepointingPlan } from './repoint.ts'

/** Lets the lockfiles name the private registry where they name JSR, and the hash says the rest. */
export async function editLockfiles(
  checked: CheckedProject,
  place: Omit<ConfigPlace, 'root'>,
): Promise<FixPlan> {
  const plans = await Promise.all(
    checked.context.judged.map(async (judged) => await editLockfile(judged, checked, place)),
  )
  return {
    edits: plans.flatMap(({ edits }) => edits),
    kept: plans.flatMap(({ kept }) => kept),
  }
}

const nothing: FixPlan = { edits: [], kept: [] }

async function editLockfile(
  judged: JudgedLockfile,
  checked: CheckedProject,
  { env, home }: Omit<ConfigPlace, 'root'>,
): Promise<FixPlan> {
  const { file, client } = judged
  const { root } = checked.project
  const isAsked = checked.findings.some(
    (finding) => finding.rule === 'direct-resolution' && finding.file === file,
  )
  const target = path.join(root, file)
  const found = isAsked ? await readFileText(target) : undefined
  if (found?.type !== 'text') return nothing
  const { text } = found
  const format = findLockfileFormat(file, isYarnBerry(text) ? 'yarn-berry' : undefined)
  if (format?.role !== 'lockfile') return nothing
  const place = { root: path.dirname(target), env, home }
  const editor = await editors[format.client]({ text, version: client?.version, place })
  const plan = planRepointings(judged, checked, editor)
  const after = editor.edit(text, plan.repointings)
  const changed = findChanged(judged, after)
  const kept = withoutRepetition([...plan.kept, ...listUnchanged(judged, plan, changed)])
  if (changed === undefined || changed.size === 0) return { edits: [], kept }
  const what = changed.size === 1 ? 'address leads' : 'addresses lead'
  const changes = [`${changed.size} ${what} to the private registry, with the same hash as before`]
  return { edits: [{ file, path: target, before: text, after, changes }], kept }
}

/** One entry is several packages where several aliases lead to it. */
function withoutRepetition(kept: readonly KeptPlace[]): KeptPlace[] {
  return [...new Map(kept.map((place) => [JSON.stringify(place), place])).values()]
}

/** What was to be changed and was not found where it should stand, or not read as meant. */
function listUnchanged(
  { file }: JudgedLockfile,
  { repointings }: RepointingPlan,
  changed: ReadonlySet<string> | undefined,
): KeptPlace[] {
  return repointings
    .filter(({ locked }) => changed?.has(locked.key) !== true)
    .map(({ locked }) =>
      describeKept(
        { file, locked },
        'its address is not written in a way that can be changed: lock again',
      ),
    )
}

/**
 * The keys of the entries whose address a text changes against what was judged; `undefined` where it
 * changes anything else, or can't be read any more. Then it must not be written.
 */
function findChanged(
  { file, lockfile: before }: JudgedLockfile,
  after: string,
): ReadonlySet<string> | undefined {
  const { packages, projects } = tryRead(file, after) ?? { packages: [], projects: [] }
  if (packages.length !== before.packages.length) return undefined
  if (projects.length !== before.projects.length) return undefined
  const isSame = packages.every((locked, index) => isSamePackage(locked, before.packages[index]))
  if (!isSame) return undefined
  const changed = packages.filter((locked, index) => !isSameSource(locked, before.packages[index]))
  return new Set(changed.map(({ key }) => key))
}

function tryRead(file: string, text: string): Lockfile | undefined {
  try {
    return readLockfile(file, text)
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

function isSamePackage(a: LockedPackage, b: LockedPackage | undefined): boolean {
  return b !== undefined && identify(a) === identify(b)
}

function identify({ key, alias, name, version, integrity, pin, source }: LockedPackage): string {
  return JSON.stringify([key, alias, name, version, integrity, pin, source.type])
}

function isSameSource(a: LockedPackage, b: LockedPackage | undefined): boolean {
  return JSON.stringify(a.source) === JSON.stringify(b?.source)
}
