// The bare parser of each format: the least that any judge of lockfiles must do is to parse the text
// and each address in it. As a program, it does that to one lockfile.
//
//     node test/bench/bare-parser.mjs CLIENT FILE
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** A function that gives the addresses in the text of a client's lockfile. Loads one parser alone. */
export async function loadBareParser(client) {
  if (client === 'deno')
    return (text) => Object.values(JSON.parse(text).npm).map(({ tarball }) => tarball)
  if (client === 'vlt')
    return (text) => Object.values(JSON.parse(text).nodes).map(([, , , url]) => url)
  if (client === 'bun') {
    const { parse } = await import('jsonc-parser')
    return (text) =>
      Object.values(parse(text, [], { allowTrailingComma: true }).packages).map(([, url]) => url)
  }
  if (client === 'yarn') {
    // The one that lockfile-lint reads it with.
    const { parseSyml } = createRequire(import.meta.url)('@yarnpkg/parsers')
    return (text) => Object.values(parseSyml(text)).map(({ resolved }) => resolved)
  }
  const { CORE_SCHEMA, loadAll } = await import('js-yaml')
  return (text) => Object.values(loadAll(text, { schema: CORE_SCHEMA })[0]).flatMap(readArchiveUrl)
}

function readArchiveUrl({ resolution = '' }) {
  const [, url] = resolution.split('__archiveUrl=')
  return url === undefined ? [] : [decodeURIComponent(url)]
}

/** Whether one of the addresses is on JSR. */
export function isAnyDirect(addresses) {
  let isDirect = false
  for (const address of addresses) if (new URL(address).hostname.endsWith('jsr.io')) isDirect = true
  return isDirect
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [client, file] = process.argv.slice(2)
  const listAddresses = await loadBareParser(client)
  process.exitCode = isAnyDirect(listAddresses(readFileSync(file, 'utf8'))) ? 1 : 0
}
