import { JsrGuardError } from '../errors.ts'
import type { GatewayCredential } from '../gateway/credentials.ts'
import { readFileText } from '../project/file-text.ts'

/** Where clients' credentials may be. Never an argument: every user of a machine can read those. */
export interface CredentialsSource {
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The variables that name or hold credentials. */
const credentialVariables = {
  file: 'JSR_GUARD_GATEWAY_CREDENTIALS',
  token: 'JSR_GUARD_GATEWAY_TOKEN',
  username: 'JSR_GUARD_GATEWAY_USERNAME',
  password: 'JSR_GUARD_GATEWAY_PASSWORD',
} as const

/**
 * Reads what clients must show one of: from the variables themselves, and from the file that one of
 * them names. The file has a credential a line, `bearer TOKEN` or `basic USER:PASSWORD`; empty lines
 * and those that begin with `#` say nothing.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for half a credential, a file that can't be read, and
 *   one without any credential in it: a gateway that was to be closed must not stand open.
 */
export async function loadCredentials({ env }: CredentialsSource): Promise<GatewayCredential[]> {
  const file = env[credentialVariables.file]
  const listed = file === undefined ? [] : await readCredentialsFile(file)
  return [...readVariables(env), ...listed]
}

function readVariables(env: CredentialsSource['env']): GatewayCredential[] {
  const token = env[credentialVariables.token]
  const username = env[credentialVariables.username]
  const password = env[credentialVariables.password]
  if (token === '' || (username === undefined) !== (password === undefined)) {
    const names = Object.values(credentialVariables).slice(1).join(', ')
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `half a credential is set in ${names}`, {
      hint: 'set a token, or a username with a password',
    })
  }
  const credentials: GatewayCredential[] = []
  if (token !== undefined) credentials.push({ type: 'bearer', token })
  if (username !== undefined && password !== undefined) {
    credentials.push({ type: 'basic', username, password })
  }
  return credentials
}

async function readCredentialsFile(file: string): Promise<GatewayCredential[]> {
  const found = await readFileText(file)
  if (found.type !== 'text') {
    const reason = found.type === 'absent' ? 'there is no such file' : found.reason
    const message = `the credentials of ${credentialVariables.file} can't be read: ${reason}`
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', message, { file })
  }
  const credentials = found.text.split(/\r?\n/).flatMap((text, index) => {
    const line = text.trim()
    return line === '' || line.startsWith('#') ? [] : [parseLine(line, file, index + 1)]
  })
  if (credentials.length > 0) return credentials
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', 'there is no credential in it', { file })
}

function parseLine(text: string, file: string, line: number): GatewayCredential {
  const [, scheme = '', value = ''] = /^(bearer|basic)\s+(\S.*)$/i.exec(text) ?? []
  const colon = value.indexOf(':')
  if (scheme.toLowerCase() === 'bearer') return { type: 'bearer', token: value }
  if (scheme.toLowerCase() === 'basic' && colon > 0 && colon < value.length - 1) {
    return { type: 'basic', username: value.slice(0, colon), password: value.slice(colon + 1) }
  }
  // The text itself may be a credential, so it isn't repeated.
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', 'this line is no credential', {
    hint: 'write bearer TOKEN or basic USER:PASSWORD',
    file,
    line,
  })
}
