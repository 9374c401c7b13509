import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { rewriteToJsr, rewriteToNpm } from '../specifier/rewrite.ts'
import { editText } from './edit.ts'
import { readPackageJson, type ManifestDependency } from './package-json.ts'

/** `npm`: from `jsr:` to aliases of `@jsr` packages; `jsr`: back. */
export type RewriteDirection = 'npm' | 'jsr'

/** A specifier that was rewritten. */
export interface ManifestChange {
  /** Path of keys to the value. */
  readonly path: readonly string[]
  readonly from: string
  readonly to: string
  /** 1-based. */
  readonly line: number
}

/** A specifier that could not be rewritten. */
export interface ManifestProblem {
  /** Path of keys to the value. */
  readonly path: readonly string[]
  readonly specifier: string
  /** 1-based. */
  readonly line: number
  readonly reason: string
  readonly hint: string | undefined
}

/** A manifest with its specifiers rewritten. */
export interface RewrittenManifest {
  readonly text: string
  readonly changes: readonly ManifestChange[]
  /** What is still there as it was, and shouldn't be. */
  readonly problems: readonly ManifestProblem[]
}

/**
 * Rewrites every specifier of a manifest, in whatever field it stands; the rest of the text stays
 * byte for byte.
 *
 * An override of a direct dependency comes out the same as the dependency itself, which npm demands
 * of the two (`EOVERRIDE`).
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when the manifest can't be read.
 */
export function rewriteManifest(
  text: string,
  file: string,
  direction: RewriteDirection,
): RewrittenManifest {
  return rewriteDependencies(text, readPackageJson(text, file).dependencies, { direction })
}

/** How specifiers are rewritten. */
export interface RewriteWay {
  readonly direction: RewriteDirection
  /** Puts a value into the text; `undefined` where it can't. Default as a JSON string. */
  readonly format?:
    ((dependency: ManifestDependency, value: string) => string | undefined) | undefined
}

/** Rewrites specifiers that stand in a text; see {@link rewriteManifest}. */
export function rewriteDependencies(
  text: string,
  dependencies: readonly ManifestDependency[],
  { direction, format = (_, value) => JSON.stringify(value) }: RewriteWay,
): RewrittenManifest {
  const results = dependencies.map((dependency) => ({
    dependency,
    ...rewriteSpecifier(dependency, direction),
  }))
  const changed = results.flatMap(({ dependency, to }) =>
    to === undefined || to === dependency.specifier
      ? []
      : [{ dependency, to, written: format(dependency, to) }],
  )
  const done = changed.filter(({ written }) => written !== undefined)
  const left = changed.filter(({ written }) => written === undefined)
  return {
    text: editText(
      text,
      done.map(({ dependency: { offset, length }, written = '' }) => ({
        offset,
        length,
        text: written,
      })),
    ),
    changes: done.map(({ dependency: { path, specifier, line }, to }) => ({
      path,
      from: specifier,
      to,
      line,
    })),
    problems: [
      ...results.flatMap(({ problem }) => problem ?? []),
      ...left.map(({ dependency: { path, specifier, line }, to }) => ({
        path,
        specifier,
        line,
        reason: 'it is written in a way that can only be changed by hand',
        hint: `write ${quoteShort(to)} in its place`,
      })),
    ],
  }
}

interface RewrittenSpecifier {
  readonly to?: string
  readonly problem?: ManifestProblem
}

function rewriteSpecifier(
  dependency: ManifestDependency,
  direction: RewriteDirection,
): RewrittenSpecifier {
  try {
    return { to: rewriteChecked(dependency, direction) }
  } catch (error) {
    if (!(error instanceof JsrGuardError)) throw error
    const { path, specifier, line } = dependency
    return { problem: { path, specifier, line, reason: error.message, hint: error.hint } }
  }
}

function rewriteChecked(
  { specifier, alias }: ManifestDependency,
  direction: RewriteDirection,
): string {
  if (direction === 'jsr') return rewriteToJsr(specifier, alias)
  refusePadded(specifier)
  return rewriteToNpm(specifier, alias)
}

/** It is neither a `jsr:` specifier nor anything else that was meant: npm links a folder of that name. */
function refusePadded(specifier: string): void {
  if (!isPaddedJsrSpecifier(specifier)) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_SPECIFIER',
    `${quoteShort(specifier)} has white space before "jsr:"`,
    { hint: 'take the white space out' },
  )
}
