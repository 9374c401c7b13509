import { sendJson } from './registry.ts'
import type { Stock } from './stock.ts'
import type { WorldHandler } from './world.ts'

/** `jsr.io` as far as tools ask it about npm packages: `/@scope/name/meta.json`. */
export function createJsrSite(stock: Stock): WorldHandler {
  return (request, response) => {
    const [, scope, name] = /^\/@([^/]+)\/([^/]+)\/meta\.json$/.exec(request.url ?? '') ?? []
    const editions = stock.versions(`@jsr/${scope}__${name}`, 'jsr')
    const versions = editions.map(({ source }) => source.version)
    if (versions.length === 0) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 - Not Found')
      return
    }
    const entries = Object.fromEntries(versions.map((version) => [version, {}]))
    sendJson(response, 200, { scope, name, latest: versions.at(-1), versions: entries })
  }
}
