import { editValues } from './edit.ts'
import { readDenoJson } from './deno-json.ts'
import type { ManifestDependency } from './package-json.ts'
import { rewriteWorkspaceYaml } from './rewrite-workspace-yaml.ts'
import {
  rewriteSpecifiers,
  type ManifestProblem,
  type RewriteDirection,
  type RewrittenManifest,
} from './rewrite.ts'
import { readVltJson } from './vlt-json.ts'

/** The files of other clients than npm and pnpm whose specifiers can be rewritten, by name. */
export const rewritableFiles: readonly string[] = [
  '.yarnrc.yml',
  'deno.json',
  'deno.jsonc',
  'vlt.json',
]

/**
 * Rewrites the specifiers of one of {@link rewritableFiles}; the rest of the text stays byte for byte.
 *
 * Deno's files are never made to say `jsr:`, which would be asked of JSR itself.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where the file can't be read.
 */
export function rewriteFile(
  text: string,
  file: string,
  direction: RewriteDirection,
): RewrittenManifest {
  if (file === '.yarnrc.yml') return rewriteWorkspaceYaml(text, file, direction)
  const isDeno = file !== 'vlt.json'
  if (isDeno && direction === 'jsr') return { text, changes: [], problems: [] }
  const { dependencies } = isDeno ? readDenoJson(text, file) : readVltJson(text, file)
  const isWhole = (dependency: ManifestDependency): boolean => isWritten(dependency, text)
  const { changed, changes, problems } = rewriteSpecifiers(dependencies.filter(isWhole), direction)
  const left = rewriteSpecifiers(
    dependencies.filter((dependency) => !isWhole(dependency)),
    direction,
  )
  const edits = changed.map(({ dependency: { offset, length }, to }) => ({
    offset,
    length,
    value: to,
  }))
  return {
    text: editValues(text, edits),
    changes,
    problems: [...problems, ...left.problems, ...left.changed.map(leaveToPeople)],
  }
}

/** A path in the package may stand behind the specifier, and would be lost. */
function isWritten({ offset, length, specifier }: ManifestDependency, text: string): boolean {
  const written: unknown = JSON.parse(text.slice(offset, offset + length))
  return written === specifier
}

function leaveToPeople({
  dependency: { path, specifier, line },
  to,
}: {
  readonly dependency: ManifestDependency
  readonly to: string
}): ManifestProblem {
  const reason = 'it names a path in the package, or has a slash before the name'
  return { path, specifier, line, reason, hint: `write it with ${to}` }
}
