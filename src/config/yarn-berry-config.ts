import { JsrGuardError } from '../errors.ts'
import { isRecord, toRecord } from '../json/record.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import { createFileSetting, type ClientSetting } from './client-setting.ts'

/** A `.yarnrc.yml`, as far as registries go. */
export interface YarnBerryFile {
  readonly file: string
  /** The default registry. */
  readonly registry: ClientSetting | undefined
  /** By the name of a scope, without the `@`, what the file says of it. */
  readonly scopes: ReadonlyMap<string, YarnBerryScope>
  /** Whether it says how it is put together with others, which changes what they mean. */
  readonly hasConflictRule: boolean
  /** `yarnPath`: the program that is run instead of the one that is started. */
  readonly yarnPath: string | undefined
}

/** What a file says of one scope. */
interface YarnBerryScope {
  readonly line: number | undefined
  /** `undefined` where it names none. */
  readonly registry: ClientSetting | undefined
}

/** The configuration of Yarn 2 and later, as far as registries go. */
export interface YarnBerryConfig {
  readonly version: string | undefined
  /** `YARN_NPM_REGISTRY_SERVER`, which goes before all files. */
  readonly variable: ClientSetting | undefined
  /** The nearest first, the user's last. */
  readonly files: readonly YarnBerryFile[]
}

/** How `${VARIABLES}` are read; `undefined` where it can't be told. */
export type YarnExpander = (text: string) => string | undefined

/**
 * Reads a `.yarnrc.yml`. An empty file is one without settings.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is no plain YAML, or no mapping.
 * @see https://yarnpkg.com/configuration/yarnrc
 */
export function readYarnBerryFile(text: string, file: string, expand: YarnExpander): YarnBerryFile {
  const { value, lineOf } = readDocument(text, file)
  const setting = (found: unknown, ...path: readonly string[]): ClientSetting | undefined =>
    found === undefined || found === null
      ? undefined
      : createFileSetting({
          value: typeof found === 'string' ? (expand(found) ?? unknownValue) : found,
          raw: found,
          file,
          line: lineOf(...path),
        })
  const scopes = new Map<string, YarnBerryScope>()
  for (const [scope, found] of Object.entries(toRecord(value['npmScopes']))) {
    const registry = toRecord(found)['npmRegistryServer']
    scopes.set(scope, {
      line: lineOf('npmScopes', scope),
      registry: setting(registry, 'npmScopes', scope, 'npmRegistryServer'),
    })
  }
  const { yarnPath } = value
  return {
    file,
    registry: setting(value['npmRegistryServer'], 'npmRegistryServer'),
    scopes,
    hasConflictRule: hasConflictRule(value),
    yarnPath: typeof yarnPath === 'string' ? yarnPath : undefined,
  }
}

/** No address: whatever it is, it can't be told. */
const unknownValue = '?'

/** A rule may stand at the scopes, at one of them, or at a registry. */
function hasConflictRule({ npmScopes, npmRegistryServer }: Fields): boolean {
  const inner = Object.values(toRecord(npmScopes))
  const deeper = inner.flatMap((scope) => Object.values(toRecord(scope)))
  return [npmScopes, npmRegistryServer, ...inner, ...deeper].some((value) =>
    Object.hasOwn(toRecord(value), 'onConflict'),
  )
}

type Fields = Readonly<Record<string, unknown>>

function readDocument(
  text: string,
  file: string,
): { readonly value: Fields; readonly lineOf: ReturnType<typeof readStrictYaml>['lineOf'] } {
  if (/^(?:\uFEFF)?(?:\s|#.*(?:\n|$))*$/.test(text)) return { value: {}, lineOf: () => undefined }
  try {
    const { value, lineOf } = readStrictYaml(text)
    if (isRecord(value)) return { value, lineOf }
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, line, hint } = cause
    const details = { file, line, hint, cause }
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} ${message}`, details)
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} is no mapping`, { file })
}
