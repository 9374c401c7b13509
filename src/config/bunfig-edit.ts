import { parse, TomlError } from 'smol-toml'
import { JsrGuardError } from '../errors.ts'
import { toRecord } from '../json/record.ts'
import { formatCanonically } from './canonical.ts'

/**
 * The text of a `bunfig.toml` with `@jsr`, which it does not map, in `[install.scopes]`; all other
 * lines stay as they are, their ends included.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where the scopes are written in another way than as a
 *   table of their own, or Bun would not read the result as meant.
 */
export function addBunJsrScope(text: string, registry: URL): string {
  const before = tryParse(text)
  const edited = placeScope(text, registry)
  const install = toRecord(before?.['install'])
  const scopes = toRecord(install['scopes'])
  // Bun would take what follows a `$` for the name of a variable.
  const isMeant =
    before !== undefined &&
    !registry.href.includes('$') &&
    !Object.hasOwn(scopes, 'jsr') &&
    !Object.hasOwn(scopes, '@jsr') &&
    formatCanonically(tryParse(edited)) ===
      formatCanonically({
        ...before,
        install: { ...install, scopes: { ...scopes, '@jsr': registry.href } },
      })
  if (isMeant) return edited
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', 'bunfig.toml is written in an unusual way', {
    hint: `add this to [install.scopes] by hand: "@jsr" = "${registry.href}"`,
    file: 'bunfig.toml',
  })
}

function tryParse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof TomlError) return undefined
    throw error
  }
}

/** Puts the scope where it would stand in most files; whoever calls sees whether it does. */
function placeScope(text: string, registry: URL): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const line = `"@jsr" = ${JSON.stringify(registry.href)}${end}`
  const header =
    /^[^\S\n]*\[[^\S\n]*install[^\S\n]*\.[^\S\n]*scopes[^\S\n]*\][^\S\n]*(?:#[^\n]*)?(?:\n|(?![\s\S]))/m.exec(
      text,
    )
  if (header !== null) {
    const at = header.index + header[0].length
    const own = header[0].endsWith('\n') ? '' : end
    return text.slice(0, at) + own + line + text.slice(at)
  }
  const isEmpty = text === '' || text === '\uFEFF'
  const start = isEmpty || text.endsWith('\n') ? text : text + end
  return `${start}${isEmpty ? '' : end}[install.scopes]${end}${line}`
}
