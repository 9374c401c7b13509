/**
 * A web address for people and reports: without user and password, and with everything after `?`
 * or `#` left out, since signed URLs carry their secret there.
 */
export function redactUrl(url: URL): string {
  const query = url.search === '' ? '' : '?***'
  const fragment = url.hash === '' ? '' : '#***'
  return `${url.protocol}//${url.host}${url.pathname}${query}${fragment}`
}

/**
 * Text with the secrets of the addresses inside it left out: user and password of every scheme
 * (`git+https:` too), what follows a `?`, and what npm writes as a token.
 *
 * The last line of defence, at the report: whoever makes a message leaves secrets out of it.
 */
export function redactText(text: string): string {
  // Most texts are names, and hold neither an address nor a setting nor a token.
  if (!text.includes(':') && !text.includes('_')) return text
  return text.replace(address, redactAddress).replace(setting, '$1***').replace(token, '***')
}

/**
 * Backslashes and a missing slash too: `new URL` takes `https:\host` and `https:/host` as well.
 * Tried once per word, not from each of its letters: the text may be long and hostile.
 */
const address = /(?<![a-z0-9+.-])[a-z0-9+.-]+:[\\/]+[^\s"'<>`]+/gi

/** A password may hold an `@`, so the last one before the path ends it. */
const userInfo = /^([^:]+:[\\/]+)[^\\/?#]*@/

const setting = /(_(?:authToken|auth|password)\s*[=:]\s*["']?)[^\s,;"']+/gi

const token = /\bnpm_[A-Za-z0-9]{30,}/g

function redactAddress(text: string): string {
  const bare = text.replace(userInfo, '$1***@')
  const query = bare.indexOf('?')
  if (query === -1) return bare
  return `${bare.slice(0, query)}?***${trailingPunctuation(bare.slice(query + 1))}`
}

/** What ends a sentence rather than an address. */
function trailingPunctuation(text: string): string {
  let start = text.length
  while (start > 0 && '),.;:'.includes(text[start - 1] ?? ' ')) start -= 1
  return text.slice(start)
}
