import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { PathLookup } from '../lockfile/dependency-path.ts'
import { isDeclared } from '../policy/jsr-target.ts'
import { readFileText } from '../project/file-text.ts'
import type { Project } from '../project/load.ts'
import type { Report } from '../report/report.ts'
import { redactText } from '../url/redact.ts'

/** A project that findings are about. */
type ProjectPlace = Pick<Project, 'root' | 'manifests'>

/** Adds to each finding of a report what {@link addFindingContext} adds. */
export async function addContext(report: Report, project: ProjectPlace): Promise<Report> {
  return { ...report, findings: await addFindingContext(report.findings, project) }
}

/**
 * Adds to each finding the line that it is about, and what brings the package in. Files are read
 * once more for it, and only those with findings; what can't be read stays without.
 */
export async function addFindingContext(
  all: readonly Finding[],
  project: ProjectPlace,
): Promise<Finding[]> {
  const files = new Map<string, Finding[]>()
  for (const finding of all) {
    if (finding.line === undefined) continue
    const others = files.get(finding.file)
    if (others === undefined) files.set(finding.file, [finding])
    else others.push(finding)
  }
  const contexts = new Map<string, FileContext>()
  for (const [file, findings] of files) {
    contexts.set(file, await readContext(file, findings, project))
  }
  return all.map((finding) => {
    const context = contexts.get(finding.file)
    return { ...finding, excerpt: context?.excerpt(finding), why: context?.why(finding) }
  })
}

interface FileContext {
  readonly excerpt: (finding: Finding) => string | undefined
  readonly why: (finding: Finding) => readonly string[] | undefined
}

async function readContext(
  file: string,
  findings: readonly Finding[],
  project: ProjectPlace,
): Promise<FileContext> {
  const found = await readFileText(path.resolve(project.root, file))
  if (found.type !== 'text') return { excerpt: () => undefined, why: () => undefined }
  const lines = pickLines(found.text, new Set(findings.map(({ line }) => line ?? 0)))
  const needsPaths = findings.some((finding) => finding.package !== undefined)
  const lookup = needsPaths ? await tryPathLookup(file, found.text, project) : undefined
  return {
    excerpt: ({ line }) => (line === undefined ? undefined : formatExcerpt(lines.get(line))),
    why: ({ line, package: name }) =>
      line === undefined || name === undefined ? undefined : lookup?.(line, name)?.map(redactText),
  }
}

/** What could be read a moment ago may have been written anew meanwhile. */
async function tryPathLookup(
  file: string,
  text: string,
  { manifests }: ProjectPlace,
): Promise<PathLookup | undefined> {
  // Most projects have no findings.
  const { createPathLookup } = await import('../lockfile/dependency-path.ts')
  const declared = manifests.map(({ manifest }) => ({
    ...manifest,
    dependencies: manifest.dependencies.filter(isDeclared),
  }))
  try {
    return createPathLookup(file, text, declared)
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

/** The wanted lines of a text, in one walk over it: there may be as many findings as lines. */
function pickLines(text: string, wanted: ReadonlySet<number>): ReadonlyMap<number, string> {
  const lines = new Map<number, string>()
  let start = 0
  for (let line = 1; start <= text.length && lines.size < wanted.size; line += 1) {
    const end = text.indexOf('\n', start)
    const stop = end === -1 ? text.length : end
    // A lockfile without line ends is one line of many megabytes.
    if (wanted.has(line)) lines.set(line, text.slice(start, Math.min(stop, start + maxLine + 1)))
    start = stop + 1
  }
  return lines
}

/** Of a longer line nobody could tell which part is meant. */
const maxLine = 1000
const maxExcerpt = 160

/** Settings whose values are secrets, however they are spelled. */
const secret = /auth|token|passw|secret|apikey/i

function formatExcerpt(line: string | undefined): string | undefined {
  if (line === undefined || line.length > maxLine || secret.test(line)) return undefined
  const text = redactText(line.trim())
  if (text === '') return undefined
  return text.length > maxExcerpt ? `${text.slice(0, maxExcerpt)}…` : text
}
