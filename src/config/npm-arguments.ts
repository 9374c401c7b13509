import grammar from '@npmcli/config/lib/definitions/index.js'
import typeDefinitions from '@npmcli/config/lib/type-defs.js'
import nopt from 'nopt'

/** npm's command line, read. */
export interface NpmArguments {
  /**
   * The settings by key; a key of npm's in its type, any other as text, `true`, or a list where it
   * is repeated. May hold credentials: never print it.
   */
  readonly settings: Readonly<Record<string, unknown>>
  /** What is no option: packages, folders, tarballs; for a whole command line, the command first. */
  readonly packages: readonly string[]
  /** Keys that npm 11 does not define; npm 12 refuses all of them but `@scope:registry` and the like. */
  readonly unknown: readonly string[]
  /** Options that are not written out, such as `--regis`; npm 12 refuses them. */
  readonly abbreviated: readonly string[]
  /** Keys whose value is of the wrong type: npm warns and goes on without them. */
  readonly invalid: readonly string[]
}

/**
 * Reads npm's command line with npm's own parser and npm 11's options.
 *
 * Paths stay as written; `createNpmConfig` makes them absolute. `--@jsr:registry URL` with a space
 * is `true` and a package, as in npm, for it is no option that npm defines.
 *
 * The other versions differ in a few options: npm 10 does not know those that came later, such as
 * `--allow-remote`, so that `--allow-remote none` names a package `none` there; npm 12 knows some
 * more (`--extension-file`, `--global-ignore-file`, `--patches-dir`, `--edit-dir`, `--to`, each with
 * a value), has lost `--shrinkwrap`, and refuses unknown and abbreviated options.
 *
 * Loading this module takes about 40 ms; import it only where there is a command line to read.
 */
export function parseNpmArguments(argv: readonly string[]): NpmArguments {
  const notes = {
    unknown: new Set<string>(),
    abbreviated: new Set<string>(),
    invalid: new Set<string>(),
  }
  const { argv: rest, ...settings } = nopt.lib.nopt([...argv], {
    types,
    shorthands: grammar.shorthands,
    typeDefs,
    unknownHandler: (key) => notes.unknown.add(key),
    abbrevHandler: (short) => notes.abbreviated.add(short),
    invalidHandler: (key) => notes.invalid.add(key),
  })
  return {
    settings,
    packages: rest.remain,
    unknown: [...notes.unknown],
    abbreviated: [...notes.abbreviated],
    invalid: [...notes.invalid],
  }
}

const types: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(grammar.definitions).map(([key, { type }]) => [key, type]),
)

/** The parser would make paths absolute by the folder of this process, not by that of the project. */
const typeDefs: typeof typeDefinitions = {
  ...typeDefinitions,
  path: {
    ...typeDefinitions['path'],
    validate: (data, key, value) => {
      if (typeof value !== 'string') return false
      data[key] = value
      return true
    },
  },
}
