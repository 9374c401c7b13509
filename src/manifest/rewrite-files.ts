import type { YamlScalar } from '../yaml/yaml-places.ts'
import { readDenoJson } from './deno-json.ts'
import type { ManifestDependency } from './package-json.ts'
import { rewriteDependencies, type RewriteDirection, type RewrittenManifest } from './rewrite.ts'
import { readVltJson } from './vlt-json.ts'
import { readWorkspaceFile } from './workspace-yaml.ts'

/** The files beside manifests whose specifiers can be rewritten, by name. */
export const rewritableFiles: readonly string[] = [
  'pnpm-workspace.yaml',
  '.yarnrc.yml',
  'deno.json',
  'deno.jsonc',
  'vlt.json',
]

/**
 * Rewrites the specifiers of one of {@link rewritableFiles}; the rest of the text stays byte for byte.
 *
 * What Deno reads natively is never made: there is no way back to `jsr:` in its files.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where the file can't be read.
 */
export function rewriteFile(
  text: string,
  file: string,
  direction: RewriteDirection,
): RewrittenManifest {
  if (file.startsWith('deno.')) {
    const { dependencies } = readDenoJson(text, file)
    if (direction === 'jsr') return { text, changes: [], problems: [] }
    return rewriteDependencies(text, dependencies, { direction, format: createJsonFormat(text) })
  }
  if (file === 'vlt.json') {
    const { dependencies } = readVltJson(text, file)
    return rewriteDependencies(text, dependencies, { direction })
  }
  const { dependencies } = readWorkspaceFile(text, file)
  const scalars = new Map<ManifestDependency, YamlScalar>(
    dependencies.map((dependency) => [dependency, dependency.scalar]),
  )
  const format = (dependency: ManifestDependency, value: string) =>
    formatYaml(scalars.get(dependency)?.style, value)
  return rewriteDependencies(text, dependencies, { direction, format })
}

/** A path in the package stands behind the specifier, and would be lost. */
function createJsonFormat(text: string) {
  return ({ offset, length, specifier }: ManifestDependency, value: string) => {
    const written: unknown = JSON.parse(text.slice(offset, offset + length))
    return written === specifier ? JSON.stringify(value) : undefined
  }
}

/** The quotes stay as they are; what had none gets some. */
function formatYaml(style: YamlScalar['style'] | undefined, value: string): string | undefined {
  const quoted = JSON.stringify(value)
  if (style === 'plain') return quoted
  if (style === 'double') return quoted.slice(1, -1)
  return style === 'single' ? value.replaceAll("'", "''") : undefined
}
