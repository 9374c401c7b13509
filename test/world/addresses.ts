import { createJsrSite } from './jsr-site.ts'
import type { Network } from './network.ts'
import { answerRegistry, sendJson } from './registry.ts'
import type { Registry } from './registry.ts'
import { storageHost } from './registries.ts'
import type { Stock } from './stock.ts'
import type { RegistryName, WorldHandler } from './world.ts'

/** Where a registry is: under its name, and at a loopback port. */
export interface Address {
  readonly url: string
  readonly loopbackUrl: string
}

/** What is needed to put registries up. */
export interface OpeningOptions {
  readonly network: Network
  readonly stock: Stock
  readonly registries: readonly Registry[]
}

/** Puts up every registry, and the hosts beside them: JSR's site, the storage of the blob registries. */
export async function openRegistries(options: OpeningOptions): Promise<Map<RegistryName, Address>> {
  const { network, stock, registries } = options
  const addresses = new Map<RegistryName, Address>()
  const open = async (host: string) => {
    const members = registries.filter((registry) => registry.host === host)
    const origin = `https://${host}`
    await network.add([host], dispatch({ members, stock, originOf: () => origin }))
    const port = await network.addLoopback(dispatch({ members, stock, originOf: loopbackOrigin }))
    for (const { name, prefix } of members) {
      const loopbackUrl = `http://127.0.0.1:${port}${prefix}`
      addresses.set(name, { url: `${origin}${prefix}`, loopbackUrl })
    }
  }
  await Promise.all([
    ...Array.from(new Set(registries.map(({ host }) => host)), open),
    network.add(['jsr.io', 'api.jsr.io'], createJsrSite(stock)),
    network.add([storageHost], createStorage(registries, stock)),
  ])
  return addresses
}

interface Dispatching {
  readonly members: readonly Registry[]
  readonly stock: Stock
  readonly originOf: (request: Parameters<WorldHandler>[0]) => string
}

/** One host may hold several registries, each below a prefix of its own. */
function dispatch({ members, stock, originOf }: Dispatching): WorldHandler {
  return (request, response) => {
    const registry = members.find(({ prefix }) => request.url?.startsWith(prefix))
    if (registry === undefined) return sendJson(response, 404, { error: 'not found' })
    const base = `${originOf(request)}${registry.prefix}`
    answerRegistry({ request, response, registry, base, stock })
  }
}

function loopbackOrigin(request: Parameters<WorldHandler>[0]): string {
  return `http://127.0.0.1:${request.headers.host?.split(':')[1]}`
}

/** The storage serves the tarballs of the registry `blob` by the registry's own paths. */
function createStorage(registries: readonly Registry[], stock: Stock): WorldHandler {
  const members = registries
    .filter(({ name }) => name === 'blob')
    .map((registry) => ({ ...registry, prefix: '/' }))
  return dispatch({ members, stock, originOf: () => `https://${storageHost}` })
}
