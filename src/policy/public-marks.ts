import { isRecord } from '../json/record.ts'
import { formatJsrName, parseNpmName } from '../specifier/jsr-name.ts'

/** Something about a package that JSR gives none of its own. */
export interface PublicMark {
  /** What was seen, without any text of the registry's. */
  readonly what: string
  readonly sureness: Sureness
}

/**
 * How sure it is that JSR did not make the package: `certain` where only the public registry writes
 * such a thing, or the content is none that JSR makes; `likely` where products rarely add it by
 * themselves to what they mirror.
 */
type Sureness = 'certain' | 'likely'

/**
 * The marks of a public registry in what a registry's metadata says of a version.
 *
 * What every product adds to a package that was published to it again (`_id`, `maintainers`,
 * `readme`, the publishing npm's `_npmVersion`) says nothing, since companies mirror JSR that way.
 */
export function detectMetadataMarks(version: Readonly<Record<string, unknown>>): PublicMark[] {
  const dist = isRecord(version['dist']) ? version['dist'] : {}
  return [
    ...marksIf(isFilled(dist['signatures']), 'certain', 'dist.signatures'),
    ...marksIf(isFilled(dist['attestations']), 'certain', 'dist.attestations'),
    ...marksIf(isFilled(dist['npm-signature']), 'certain', 'dist.npm-signature'),
    ...marksIf(isFilled(version['_npmOperationalInternal']), 'certain', '_npmOperationalInternal'),
    ...detectContentMarks(version),
    ...marksIf(isFilled(version['_npmUser']), 'likely', '_npmUser'),
    ...marksIf(isFilled(dist['fileCount']), 'likely', 'dist.fileCount'),
  ]
}

/**
 * What the package.json in the tarball of an `@jsr` package says against JSR having made it. JSR
 * writes a revision and the package's page on jsr.io into each.
 */
export function detectManifestMarks(
  name: string,
  manifest: Readonly<Record<string, unknown>>,
): PublicMark[] {
  const page = formatPage(name)
  const isRevised = readRevision(manifest) !== undefined
  return [
    ...marksIf(!isRevised, 'certain', 'no _jsr_revision in its package.json'),
    ...marksIf(
      page !== undefined && manifest['homepage'] !== page,
      'likely',
      'another homepage in its package.json than its page on jsr.io',
    ),
    ...detectContentMarks(manifest),
  ]
}

/** The revision that JSR wrote into a package.json; `undefined` where there is none. */
export function readRevision(manifest: Readonly<Record<string, unknown>>): number | undefined {
  const revision = manifest['_jsr_revision']
  return typeof revision === 'number' && Number.isInteger(revision) && revision >= 0
    ? revision
    : undefined
}

function formatPage(name: string): string | undefined {
  const jsrName = parseNpmName(name)
  return jsrName === undefined ? undefined : `https://jsr.io/${formatJsrName(jsrName)}`
}

/** JSR's packages run nothing at installation, and bring no programs. */
function detectContentMarks(manifest: Readonly<Record<string, unknown>>): PublicMark[] {
  const scripts = isRecord(manifest['scripts']) ? Object.keys(manifest['scripts']) : []
  const hasScript = scripts.some((script) => /^(?:pre|post)?install$/.test(script))
  return [
    ...marksIf(hasScript || manifest['hasInstallScript'] === true, 'certain', 'an install script'),
    ...marksIf(isFilled(manifest['bin']), 'certain', 'bin'),
  ]
}

function marksIf(isSeen: boolean, sureness: Sureness, what: string): PublicMark[] {
  return isSeen ? [{ what, sureness }] : []
}

/** Some products write every field of a version, with nothing in it. */
function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false
  return typeof value === 'object' ? Object.keys(value).length > 0 : true
}
