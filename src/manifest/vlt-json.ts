import { readJsonSpecifiers, type AskedFor, type JsonSpecifiers } from './json-specifiers.ts'

/**
 * Reads a `vlt.json`: catalogs, and modifiers, which put another specifier in the place of what
 * packages ask for.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG`
 * @see https://docs.vlt.sh/cli/configuring
 */
export function readVltJson(text: string, file: string): JsonSpecifiers {
  return readJsonSpecifiers(text, file, (path, value) => {
    const inner = path[0] === 'config' ? path.slice(1) : path
    return findSpecifier(inner, value)
  })
}

function findSpecifier(path: readonly string[], specifier: string): AskedFor | undefined {
  const [field, key = '', name] = path
  if (field === 'catalog' && path.length === 2) return { alias: key, specifier }
  if (field === 'catalogs' && path.length === 3 && name !== undefined) {
    return { alias: name, specifier }
  }
  if (field !== 'modifiers' || path.length !== 2) return undefined
  return { alias: findModifiedName(key), specifier }
}

/** The last name of a selector such as `#parent > #@luca/cases`. */
function findModifiedName(selector: string): string {
  const names = Array.from(selector.matchAll(/#((?:@[\w.-]+\\?\/)?[\w.-]+)/g))
  return (names.at(-1)?.[1] ?? selector).replace('\\', '')
}

/** The patterns of `workspaces`: one, a list, or lists by the name of a group. */
export function findVltWorkspaces(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('workspaces' in value)) return []
  return listTexts(value.workspaces)
}

function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(listTexts)
}
