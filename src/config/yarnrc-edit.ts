import { JsrGuardError } from '../errors.ts'
import { isRecord, toRecord } from '../json/record.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import { formatCanonically } from './canonical.ts'

/**
 * The text of a `.yarnrc.yml` with a server for the scope `jsr`, which has none; all other lines stay
 * as they are, their ends included.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where the scopes are written in another way than line by
 *   line, or Yarn would not read the result as meant.
 */
export function addYarnJsrServer(text: string, registry: URL): string {
  const before = readSettings(text)
  const scopes = before['npmScopes']
  const { jsr } = toRecord(scopes)
  const server = { npmRegistryServer: registry.href }
  const edited = placeServer(text, registry, { hasScopes: scopes !== undefined, jsr })
  const isMeant =
    toRecord(jsr)['npmRegistryServer'] === undefined &&
    formatCanonically(readSettings(edited)) ===
      formatCanonically({
        ...before,
        npmScopes: { ...toRecord(scopes), jsr: { ...toRecord(jsr), ...server } },
      })
  if (isMeant) return edited
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', '.yarnrc.yml is written in an unusual way', {
    hint: `add this by hand: npmScopes: { jsr: { npmRegistryServer: "${registry.href}" } }`,
    file: '.yarnrc.yml',
  })
}

function readSettings(text: string): Readonly<Record<string, unknown>> {
  if (/^\uFEFF?(?:\s|#.*(?:\n|$))*$/.test(text)) return {}
  try {
    const { value } = readStrictYaml(text)
    return isRecord(value) ? value : { '': value }
  } catch (error) {
    if (error instanceof JsrGuardError) return { '': text }
    throw error
  }
}

interface Scopes {
  readonly hasScopes: boolean
  /** What is said of the scope; `undefined` for nothing. */
  readonly jsr: unknown
}

/** Puts the server where it would stand line by line; whoever calls sees whether it does. */
function placeServer(text: string, registry: URL, { hasScopes, jsr }: Scopes): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const setting = `npmRegistryServer: ${JSON.stringify(registry.href)}${end}`
  if (!hasScopes) {
    const isEnded = text === '' || text === '\uFEFF' || text.endsWith('\n')
    return `${text}${isEnded ? '' : end}npmScopes:${end}  jsr:${end}    ${setting}`
  }
  const below = findEnd(text, 0, /^(?:npmScopes|"npmScopes"|'npmScopes'):[^\S\n]*(?:#[^\n]*)?\n/m)
  if (below === undefined) return text
  const indent = readIndent(text, below) || '  '
  if (jsr === undefined) {
    return insert(text, below, `${indent}jsr:${end}${indent}${indent}${setting}`)
  }
  const inside = findEnd(text, below, /^[^\S\n]+(?:jsr|"jsr"|'jsr'):[^\S\n]*(?:#[^\n]*)?\n/m)
  if (inside === undefined) return text
  const inner = readIndent(text, inside)
  return insert(text, inside, (inner.length > indent.length ? inner : indent + indent) + setting)
}

/** Where the first line ends that matches, from `start`. */
function findEnd(text: string, start: number, line: RegExp): number | undefined {
  const match = line.exec(text.slice(start))
  return match === null ? undefined : start + match.index + match[0].length
}

/** What the next line with something on it is indented by. */
function readIndent(text: string, start: number): string {
  return /^(?:[^\S\n]*(?:#[^\n]*)?\n)*([^\S\n]+)(?=[^\s#])/.exec(text.slice(start))?.[1] ?? ''
}

function insert(text: string, at: number, line: string): string {
  return text.slice(0, at) + line + text.slice(at)
}
