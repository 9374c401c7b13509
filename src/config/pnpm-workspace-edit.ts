import { JsrGuardError } from '../errors.ts'
import { readPnpmYaml } from './pnpm-workspace.ts'

/**
 * The text of a `pnpm-workspace.yaml` whose `registries` are a mapping of scopes, with `@jsr` mapped to
 * a registry as the first of them; all other lines stay as they are.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is written in another way than line by line.
 */
export function addJsrRegistry(text: string, registry: URL): string {
  const file = 'pnpm-workspace.yaml'
  const found = /^registries:[^\S\n]*(?:#.*)?(\r?\n)((?:[^\S\n]*(?:#.*)?\r?\n)*)([^\S\n]+)/m.exec(
    text,
  )
  const [whole, end = '', between = '', indent = ''] = found ?? []
  const line = `${indent}'@jsr': ${registry.href}${end}`
  if (found !== null && whole !== undefined) {
    const at = found.index + whole.length - indent.length - between.length
    const edited = text.slice(0, at) + line + text.slice(at)
    if (isMapped(edited, registry)) return edited
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} has registries without @jsr`, {
    hint: `add this to them: '@jsr': ${registry.href}`,
    file,
  })
}

function isMapped(text: string, registry: URL): boolean {
  const { registries } = readPnpmYaml(text, 'pnpm-workspace.yaml')
  return registries?.scopes.get('@jsr')?.value === registry.href
}
