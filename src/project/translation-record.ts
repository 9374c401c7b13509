import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { readStrictJson } from '../json/strict-json.ts'
import { rewriteManifest, type ManifestChange } from '../manifest/rewrite.ts'
import { explainWriteFailure, hasCode, orAbsent } from './error-code.ts'
import { removeTemporaries, syncFolder, writeFileAtomically } from './write.ts'

/** A manifest that is translated for the time of a run. */
export interface TranslatedManifest {
  /** Path relative to the project, `/` as separator, no link on the way. */
  readonly file: string
  /** The text from before. */
  readonly original: string
}

/**
 * Writes down, durably, what the manifests are now, before the first of them is changed.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` where there is a journal already: it holds texts
 *   that nothing else does.
 */
export async function writeJournal(
  folder: string,
  manifests: readonly TranslatedManifest[],
): Promise<void> {
  if ((await findJournal(folder)) !== undefined) {
    throw createJournalError(folder, 'is still there from an earlier run')
  }
  await replaceJournal(folder, manifests)
}

/** Leaves in the journal what could not be put back. */
export async function replaceJournal(
  folder: string,
  manifests: readonly TranslatedManifest[],
): Promise<void> {
  const entries = manifests.map(({ file, original }) => ({
    file,
    original: Buffer.from(original).toString('base64'),
    changes: listChanges({ file, original }),
  }))
  const text = JSON.stringify({ version: 1, manifests: entries }, undefined, 2)
  try {
    await writeFileAtomically(pathOf(folder), Buffer.from(`${text}\n`))
    // The folder itself may be as new as the journal in it.
    await syncFolder(path.dirname(folder))
  } catch (error) {
    throw explainWriteFailure(error, pathOf(folder))
  }
}

/**
 * The journal of a run that has not ended as it should; `undefined` where there is none.
 *
 * A repository may come with a journal that no run has written. So nothing is taken on trust: what
 * it says the translation was must be what the translation of its text is. Then all that can be
 * done in its name is to write an alias as the `jsr:` specifier that means the same.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` when it is none that this version would write.
 */
export async function findJournal(folder: string): Promise<TranslatedManifest[] | undefined> {
  const text = await readJournalText(folder)
  if (text === undefined) return undefined
  const manifests = parseJournal(text)
  if (manifests === undefined) {
    throw createJournalError(folder, 'is no journal that this version of jsr-guard has written')
  }
  return manifests
}

/** Ends the journal: every manifest is as it should be. */
export async function removeJournal(folder: string): Promise<void> {
  await rm(pathOf(folder), { force: true })
  await syncFolder(folder)
  await removeLeftovers(folder)
}

/** Removes what is of no use without a journal. */
export async function removeLeftovers(folder: string): Promise<void> {
  await removeTemporaries(pathOf(folder))
  const names = (await orAbsent(readdir(folder))) ?? []
  for (const name of names.filter(isOriginal)) await rm(path.join(folder, name), { force: true })
}

/**
 * Lays the text from before a run where a person can read it, and returns the path of the file. The
 * name is new each time: what has it now may be a link that came with the repository.
 */
export async function saveOriginal(
  folder: string,
  { original }: TranslatedManifest,
  index: number,
): Promise<string> {
  const file = path.join(folder, `original-${index + 1}.json`)
  await rm(file, { force: true })
  await writeFile(file, original, { flag: 'wx' })
  return file
}

function isOriginal(name: string): boolean {
  return /^original-\d+\.json$/.test(name)
}

function pathOf(folder: string): string {
  return path.join(folder, 'journal.json')
}

function createJournalError(folder: string, reason: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${pathOf(folder)} ${reason}`, {
    hint: 'compare the manifests that it names with what they should be, then remove it',
  })
}

async function readJournalText(folder: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  try {
    const handle = await orAbsent(open(pathOf(folder), flags))
    if (handle === undefined) return undefined
    try {
      return (await handle.stat()).isFile() ? await handle.readFile('utf8') : ''
    } finally {
      await handle.close()
    }
  } catch (error) {
    // A link; it leads to nothing that we have written.
    if (hasCode(error, 'ELOOP', 'EMLINK')) return ''
    throw error
  }
}

type Change = Pick<ManifestChange, 'path' | 'from' | 'to'>

function listChanges({ original, file }: TranslatedManifest): Change[] {
  return rewriteManifest(original, file, 'npm').changes.map(({ path: keys, from, to }) => ({
    path: keys,
    from,
    to,
  }))
}

function parseJournal(text: string): TranslatedManifest[] | undefined {
  try {
    const { value } = readStrictJson(text)
    const entries = fieldOf(value, 'manifests')
    if (fieldOf(value, 'version') !== 1 || !Array.isArray(entries)) return undefined
    const manifests = entries.map(parseEntry)
    return manifests.every((manifest) => manifest !== undefined) ? manifests : undefined
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

function parseEntry(entry: unknown): TranslatedManifest | undefined {
  const file = fieldOf(entry, 'file')
  const encoded = fieldOf(entry, 'original')
  if (typeof file !== 'string' || typeof encoded !== 'string' || !isPlainPath(file))
    return undefined
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded || !isUtf8(bytes)) return undefined
  const manifest = { file, original: bytes.toString() }
  const changes = listChanges(manifest)
  const isTrue = JSON.stringify(fieldOf(entry, 'changes')) === JSON.stringify(changes)
  return isTrue && changes.length > 0 ? manifest : undefined
}

/** A path that stays in the project by its text; links are looked at where it is used. */
function isPlainPath(file: string): boolean {
  const isPlatformPath = path.sep === '/' || !/[\\:]/.test(file)
  return isPlatformPath && !file.includes('\0') && file.split('/').every(isPlainSegment)
}

function isPlainSegment(segment: string): boolean {
  return !['', '.', '..', 'node_modules'].includes(segment)
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
