import { rewriteManifest } from '../../manifest/rewrite.ts'
import type { CheckedProject } from '../check.ts'
import type { FileEdit } from './edit.ts'

/**
 * Writes `jsr:` specifiers as aliases, which every client reads, in the manifests in which a client
 * in use can't read them. Both ask for the same package, in the same range.
 */
export function editManifests({ project, findings }: CheckedProject): FileEdit[] {
  const files = new Set(
    findings.flatMap(({ rule, file }) => (rule === 'jsr-specifier' ? [file] : [])),
  )
  return project.manifests.flatMap(({ manifest: { file }, path, text, isOutside }) => {
    // A manifest that a link leads to belongs to another project.
    if (isOutside || !files.has(file)) return []
    const { text: after, changes } = rewriteManifest(text, file, 'npm')
    if (changes.length === 0) return []
    const sentences = changes.map(({ from, to }) => `${from} is written as ${to}`)
    return [{ file, path, before: text, after, changes: sentences }]
  })
}
