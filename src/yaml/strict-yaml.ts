import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml'
import { JsrGuardError } from '../errors.ts'
import { readPlainYaml } from './plain-yaml.ts'
import { locateYamlKeys } from './yaml-places.ts'

/** A YAML document that means the same to every reader, with the lines of its upper keys. */
export interface StrictYaml {
  readonly value: unknown
  /** 1-based line of a key, by the keys that lead to it; three levels deep. */
  readonly lineOf: (...path: readonly string[]) => number | undefined
}

/**
 * Reads one YAML document, without what readers take differently: no key twice, no alias (`*a`),
 * no merge key (`<<`), no tags but those of the core schema, no second document. An anchor without
 * an alias changes nothing and may stand.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_YAML_SYNTAX`, with the line where it is known.
 */
export function readStrictYaml(text: string): StrictYaml {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const lineOf = createLineLookup(source)
  return { value: readPlainYaml(source) ?? readAnyYaml(source), lineOf }
}

/** All of YAML, for what is not plain: it alone decides what is refused. */
export function readAnyYaml(source: string): unknown {
  const documents = parse(source)
  if (documents.length !== 1) {
    const count = documents.length === 0 ? 'no document' : 'more than one document'
    throw new JsrGuardError('ERR_JSR_GUARD_YAML_SYNTAX', `holds ${count}`)
  }
  return documents[0]
}

function parse(source: string): unknown[] {
  // Merge keys are known only to be refused: without the tag they would be read as plain keys.
  const schema = CORE_SCHEMA.withTags(mergeTag)
  try {
    return loadAll(source, { schema, maxAliases: 0, maxTotalMergeKeys: 0 })
  } catch (cause) {
    if (findConflict(source) !== undefined) {
      throw new JsrGuardError('ERR_JSR_GUARD_YAML_SYNTAX', 'holds a merge conflict', {
        line: findConflict(source),
        cause,
      })
    }
    const isSyntax = cause instanceof YAMLException
    const line = isSyntax ? cause.mark?.line : undefined
    throw new JsrGuardError(
      'ERR_JSR_GUARD_YAML_SYNTAX',
      `is no plain YAML: ${isSyntax ? cause.reason : 'the parser gives up'}`,
      {
        hint: 'write it without repeated keys, aliases, merge keys and tags',
        line: line === undefined ? undefined : line + 1,
        cause,
      },
    )
  }
}

function findConflict(source: string): number | undefined {
  const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(source)
  return conflict === null ? undefined : source.slice(0, conflict.index).split('\n').length
}

/** The text is walked when a line is first asked for: a file without findings needs none. */
function createLineLookup(source: string): StrictYaml['lineOf'] {
  let lines: ReadonlyMap<string, number> | undefined
  return (...path) => {
    lines ??= indexLines(source)
    return lines.get(JSON.stringify(path))
  }
}

function indexLines(source: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  for (const { path, line } of locateYamlKeys(source, { maxDepth: 3 })) {
    lines.set(JSON.stringify(path), line)
  }
  return lines
}
