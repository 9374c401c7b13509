/** What a client may show to be let in. */
export type GatewayCredential =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }

/** Whether an `Authorization` header lets in. */
export type CheckCredential = (authorization: string | undefined) => boolean

/** Lets in whoever shows one of the credentials; everybody where there are none. */
export function createCredentialCheck(credentials: readonly GatewayCredential[]): CheckCredential {
  if (credentials.length === 0) return () => true
  const expected = credentials.map(formatAuthorization)
  return (authorization) => {
    if (authorization === undefined) return false
    const given = normalizeScheme(authorization)
    // All are compared, so that the time says nothing of which one it nearly was.
    return expected.filter((one) => isSame(given, one)).length > 0
  }
}

function formatAuthorization(credential: GatewayCredential): string {
  if (credential.type === 'bearer') return `bearer ${credential.token}`
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.password}`)
  return `basic ${btoa(String.fromCharCode(...bytes))}`
}

/** Schemes are told apart without letter case. */
function normalizeScheme(authorization: string): string {
  const space = authorization.indexOf(' ')
  if (space === -1) return authorization
  return `${authorization.slice(0, space).toLowerCase()} ${authorization.slice(space + 1).trim()}`
}

/** Takes as long for any text of a length. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length
  for (let index = 0; index < given.length; index += 1) {
    difference |= given.charCodeAt(index) ^ expected.charCodeAt(index % expected.length)
  }
  return difference === 0
}
