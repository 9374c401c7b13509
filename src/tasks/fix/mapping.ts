import path from 'node:path'
import { findJsrMapping, setJsrMapping } from '../../config/npmrc-edit.ts'
import { JsrGuardError } from '../../errors.ts'
import type { ClientInUse } from '../../policy/rule.ts'
import { readFileText } from '../../project/file-text.ts'
import type { ClientName } from '../../route/route.ts'
import { redactUrl } from '../../url/redact.ts'
import { isLoopback } from '../../url/web-url.ts'
import type { CheckedProject } from '../check.ts'
import type { FileEdit } from './edit.ts'

/** Clients that take the mapping of a scope from the `.npmrc` of the project. */
const npmrcClients: ReadonlySet<ClientName> = new Set(['npm', 'pnpm', 'yarn', 'bun', 'deno'])

const rules: ReadonlySet<string> = new Set(['direct-route', 'public-route', 'unmapped-scope'])

/**
 * Maps `@jsr` to the private registry in the project's `.npmrc`, where nothing maps it and a finding
 * says so. A mapping that is there is somebody's decision, wherever it leads, and is left alone.
 */
export async function editMapping(checked: CheckedProject): Promise<FileEdit | undefined> {
  const { context, findings, project } = checked
  const { registry, clients } = context
  if (registry === undefined || !clients.some(isUnmapped)) return undefined
  if (registry.protocol !== 'https:' && !isLoopback(registry.hostname)) return undefined
  if (!findings.some(({ rule }) => rules.has(rule))) return undefined
  const file = '.npmrc'
  const target = path.join(project.root, file)
  const found = await readFileText(target)
  if (found.type === 'unreadable') return undefined
  const before = found.type === 'text' ? found.text : undefined
  const after = tryMapping(before ?? '', registry)
  if (after === undefined) return undefined
  const changes = [`@jsr is mapped to ${redactUrl(registry)}`]
  return { file, path: target, before, after, changes }
}

function isUnmapped({ name, route }: ClientInUse): boolean {
  return npmrcClients.has(name) && route.kind !== 'scope'
}

function tryMapping(text: string, registry: URL): string | undefined {
  if (findJsrMapping(text) !== undefined) return undefined
  try {
    return setJsrMapping(text, registry)
  } catch (error) {
    // npm would not read what was added; the finding stays.
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}
