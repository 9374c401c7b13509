import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { readNpmLockfile } from '../../src/lockfile/npm.ts'
import { clients, findClientProgram, type Client } from '../clients/clients.ts'
import { parityCases, type ParityCase } from './parity-cases.ts'

/** One thing that npm asked for. */
interface Fetch {
  /** Where it was to be put; nothing where npm only wanted to look at it. */
  readonly key?: string
  readonly type: string
  readonly name?: string
  readonly address: string
}

test.for(clients)(
  'npm $version fetches nothing that the reader does not tell of',
  { timeout: 120_000 },
  async (client) => {
    const fetches = await fetchAll(client)
    expect(fetches).toHaveLength(parityCases.length)
    const untold = parityCases.flatMap(({ title, lockfile }, at) => {
      const packages = tryRead(lockfile)
      if (packages === undefined) return []
      return (fetches[at] ?? [])
        .filter((fetch) => !isTold(fetch, packages))
        .map((fetch) => ({ title, ...fetch }))
    })
    expect(untold).toEqual([])
    // The cases would show nothing if npm had not come as far as the network.
    expect(fetches.flat().filter(({ type }) => type === 'remote').length).toBeGreaterThan(20)
  },
)

/** A refused lockfile is a finding, whatever npm makes of it. */
function tryRead(lockfile: string): readonly LockedPackage[] | undefined {
  try {
    return readNpmLockfile(lockfile).packages
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

function isTold(fetch: Fetch, packages: readonly LockedPackage[]): boolean {
  const candidates = packages.filter(({ key }) => fetch.key === undefined || key === fetch.key)
  return (
    candidates.some(({ name, version, source }) => {
      switch (source.type) {
        case 'unknown':
          return true
        case 'remote':
          return fetch.type === 'remote' && withoutCredentials(fetch.address) === source.url.href
        case 'git':
          return fetch.type === 'git'
        case 'local':
          return fetch.type === 'file' || fetch.type === 'directory'
        case 'route':
          return fetch.type === 'version' && fetch.name === name && fetch.address === version
        case 'bundled':
        case 'native':
          return false
      }
    }) || isRouted(fetch)
  )
}

/** What npm looks up in a registry because nothing locks it goes wherever the configuration leads. */
function isRouted({ key, type }: Fetch): boolean {
  return key === undefined && (type === 'range' || type === 'version' || type === 'tag')
}

function withoutCredentials(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}

async function fetchAll(client: Client): Promise<ReadonlyArray<readonly Fetch[]>> {
  const { command, args } = findClientProgram(client)
  const npm = dirname(dirname(args[0] ?? ''))
  const script = fileURLToPath(new URL('npm-fetches.mjs', import.meta.url))
  const child = spawn(command, [script, npm], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(parityCases.map(toFiles)))
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
  const fetches: ReadonlyArray<readonly Fetch[]> = JSON.parse(output)
  return fetches
}

function toFiles({ lockfile, manifest, files }: ParityCase): Readonly<Record<string, string>> {
  return { 'package.json': JSON.stringify(manifest), 'package-lock.json': lockfile, ...files }
}
