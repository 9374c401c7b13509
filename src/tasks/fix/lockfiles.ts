import path from 'node:path'
import { JsrGuardError } from '../../errors.ts'
import { findLockfileFormat, readLockfile } from '../../lockfile/formats.ts'
import type { LockedPackage, Lockfile } from '../../lockfile/locked-package.ts'
import type { JudgedLockfile } from '../../policy/rule.ts'
import { readFileText } from '../../project/file-text.ts'
import type { CheckedProject } from '../check.ts'
import type { FileEdit } from './edit.ts'
import { repointNpmLockfile } from './npm-lockfile.ts'
import { repointPnpmLockfile } from './pnpm-lockfile.ts'
import { listRepointings, type Repointing } from './repoint.ts'

const editors: Readonly<
  Record<string, ((text: string, repointings: readonly Repointing[]) => string) | undefined>
> = { npm: repointNpmLockfile, pnpm: repointPnpmLockfile }

/** Lets the lockfiles name the private registry where they name JSR, and the hash says the rest. */
export async function editLockfiles(checked: CheckedProject): Promise<FileEdit[]> {
  const edits = await Promise.all(
    checked.context.judged.map(async (judged) => await editLockfile(judged, checked)),
  )
  return edits.flatMap((edit) => edit ?? [])
}

async function editLockfile(
  judged: JudgedLockfile,
  { context, findings, project }: CheckedProject,
): Promise<FileEdit | undefined> {
  const { file } = judged
  const format = findLockfileFormat(file)
  const edit = format?.role === 'lockfile' ? editors[format.client] : undefined
  const repointings = listRepointings(judged, context, findings)
  if (edit === undefined || repointings.length === 0) return undefined
  const target = path.join(project.root, file)
  const found = await readFileText(target)
  if (found.type !== 'text') return undefined
  const after = edit(found.text, repointings)
  const changed = findChanged(file, judged.lockfile, after)
  if (changed === undefined || changed === 0) return undefined
  const what = changed === 1 ? 'address leads' : 'addresses lead'
  const changes = [`${changed} ${what} to the private registry, with the same hash as before`]
  return { file, path: target, before: found.text, after, changes }
}

/**
 * How many addresses a text changes against what was judged; `undefined` where it changes anything
 * else, or can't be read any more. Then it must not be written.
 */
function findChanged(file: string, before: Lockfile, after: string): number | undefined {
  const { packages, projects } = tryRead(file, after) ?? { packages: [], projects: [] }
  if (packages.length !== before.packages.length) return undefined
  if (projects.length !== before.projects.length) return undefined
  const isSame = packages.every((locked, index) => isSamePackage(locked, before.packages[index]))
  if (!isSame) return undefined
  return packages.filter((locked, index) => !isSameSource(locked, before.packages[index])).length
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

function identify({ key, alias, name, version, integrity, source }: LockedPackage): string {
  return JSON.stringify([key, alias, name, version, integrity, source.type])
}

function isSameSource(a: LockedPackage, b: LockedPackage | undefined): boolean {
  return JSON.stringify(a.source) === JSON.stringify(b?.source)
}
