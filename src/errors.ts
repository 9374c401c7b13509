/**
 * What can stop jsr-guard from doing its job. Codes are public API: they are
 * printed, documented and matched on, so one is added but never renamed.
 */
export const errorCodes = {
  ERR_JSR_GUARD_USAGE: 'The command line or an option is not valid.',
  ERR_JSR_GUARD_UNSUPPORTED: 'The client was asked for something that cannot be verified.',
  ERR_JSR_GUARD_POLICY: 'The policy file is not valid.',
  ERR_JSR_GUARD_MANIFEST: 'A manifest could not be read.',
  ERR_JSR_GUARD_CONFIG: 'A configuration file of a client could not be read.',
  ERR_JSR_GUARD_JSON_SYNTAX: 'A file is not strict JSON.',
  ERR_JSR_GUARD_YAML_SYNTAX: 'A file is not plain YAML.',
  ERR_JSR_GUARD_LOCKFILE_SYNTAX: 'A lockfile could not be read as its format.',
  ERR_JSR_GUARD_LOCKFILE_VERSION: 'A lockfile is of a version that cannot be judged.',
  ERR_JSR_GUARD_SPECIFIER: 'A jsr: specifier is not valid.',
  ERR_JSR_GUARD_JSR_NAME: 'A name is not the name of a JSR package.',
  ERR_JSR_GUARD_URL: 'A registry URL is not valid.',
  ERR_JSR_GUARD_CLIENT: 'The package manager could not be found or started.',
  ERR_JSR_GUARD_JOURNAL: 'A manifest that an earlier run translated could not be put right.',
  ERR_JSR_GUARD_LISTEN: 'The gateway could not listen at its address.',
  ERR_JSR_GUARD_STORE: "The gateway's store could not be opened.",
  ERR_JSR_GUARD_NOTHING_TO_CHECK: 'No manifest or lockfile was found.',
  ERR_JSR_GUARD_LEDGER: 'The ledger of hashes is not valid.',
  ERR_JSR_GUARD_REGISTRY: 'The registry did not answer, or refused us.',
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** What a {@link JsrGuardError} carries beside its code and message. */
export interface ErrorDetails {
  /** One imperative sentence that says what to do, with a command if there is one. */
  readonly hint?: string | undefined
  /** Path of the file that is at fault, relative to the project. */
  readonly file?: string | undefined
  /** 1-based line in that file. */
  readonly line?: number | undefined
  readonly cause?: unknown
}

/** The only error jsr-guard throws on purpose. Anything else is a bug. */
export class JsrGuardError extends Error {
  override get name(): 'JsrGuardError' {
    return 'JsrGuardError'
  }
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly file: string | undefined
  readonly line: number | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.file = details.file
    this.line = details.line
  }
}
