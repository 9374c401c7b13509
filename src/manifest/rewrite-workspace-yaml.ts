import type { YamlScalar } from '../yaml/yaml-places.ts'
import { editText } from './edit.ts'
import {
  rewriteSpecifiers,
  type ManifestProblem,
  type RewriteDirection,
  type RewrittenManifest,
} from './rewrite.ts'
import { readWorkspaceFile, type WorkspaceDependency } from './workspace-yaml.ts'

/**
 * Rewrites the specifiers of a `pnpm-workspace.yaml` that `readPnpmYaml` has accepted: catalogs,
 * overrides and package extensions. Comments, quotes and layout stay.
 */
export function rewriteWorkspaceYaml(
  text: string,
  file: string,
  direction: RewriteDirection,
): RewrittenManifest {
  const { dependencies } = readWorkspaceFile(text, file)
  const plain = dependencies.filter(({ scalar }) => scalar.style !== 'block')
  const { changed, ...report } = rewriteSpecifiers(plain, direction)
  const edits = changed.map(({ dependency: { offset, length, scalar }, to }) => ({
    offset,
    length,
    text: formatScalar(to, scalar.style),
  }))
  const blocks = dependencies.filter(({ scalar }) => scalar.style === 'block')
  const problems = rewriteSpecifiers(blocks, direction).changes.map(
    ({ path, from, line }): ManifestProblem => ({
      path,
      specifier: from,
      line,
      reason: 'the specifier is a block of lines',
      hint: 'write it in one line',
    }),
  )
  const edited = editText(text, edits)
  assertSame(readWorkspaceFile(edited, file).dependencies, dependencies, changed)
  return { text: edited, ...report, problems: [...report.problems, ...problems] }
}

/** A specifier that was rewritten has no character that YAML would take for its own outside quotes. */
function formatScalar(value: string, style: YamlScalar['style']): string {
  if (style === 'single') return value.replaceAll("'", "''")
  return style === 'double' ? JSON.stringify(value).slice(1, -1) : value
}

type Changed = readonly { readonly dependency: WorkspaceDependency; readonly to: string }[]

/** An edit that is read in another way than it was meant must never be written. */
function assertSame(
  after: readonly WorkspaceDependency[],
  before: readonly WorkspaceDependency[],
  changed: Changed,
): void {
  const meant = before.map((dependency) => {
    const to = changed.find((change) => change.dependency === dependency)?.to
    return to ?? dependency.specifier
  })
  const isSame = after.every(({ specifier }, index) => specifier === meant[index])
  if (!isSame || after.length !== meant.length) throw new Error('an edit of YAML went wrong')
}
