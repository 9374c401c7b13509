import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBunLockfile } from '../../src/lockfile/bun.ts'
import { readDenoLockfile } from '../../src/lockfile/deno.ts'
import type { Lockfile, PackageSource } from '../../src/lockfile/locked-package.ts'
import { parseSource } from '../../src/lockfile/source.ts'
import { readVltLockfile } from '../../src/lockfile/vlt.ts'
import { readYarnLockfile } from '../../src/lockfile/yarn-classic.ts'

const hash = `sha512-${'A'.repeat(86)}==`

/** A lockfile with an entry for each address. */
const formats: ReadonlyArray<{
  readonly file: string
  readonly read: (addresses: readonly string[]) => Lockfile
}> = [
  {
    file: 'bun.lock',
    read: (addresses) =>
      readBunLockfile(
        JSON.stringify({
          lockfileVersion: 1,
          packages: listEntries(addresses, (name, url) => [name, [`${name}@1.0.0`, url, {}, hash]]),
        }),
      ),
  },
  {
    file: 'deno.lock',
    read: (addresses) =>
      readDenoLockfile(
        JSON.stringify({
          version: '5',
          npm: listEntries(addresses, (name, tarball) => [
            `${name}@1.0.0`,
            { integrity: hash, tarball },
          ]),
        }),
      ),
  },
  {
    file: 'vlt-lock.json',
    read: (addresses) =>
      readVltLockfile(
        JSON.stringify({
          lockfileVersion: 1,
          options: {},
          nodes: listEntries(addresses, (name, url) => [
            `~npm~${name}@1.0.0`,
            [0, name, hash, url],
          ]),
          edges: {},
        }),
      ),
  },
  {
    file: 'yarn.lock',
    read: (addresses) =>
      readYarnLockfile(
        addresses
          .map((url, index) => `p${index}@^1.0.0:\n  version "1.0.0"\n  resolved "${url}"\n`)
          .join('\n'),
      ),
  },
]

function listEntries(
  addresses: readonly string[],
  create: (name: string, address: string) => [string, unknown],
): object {
  return Object.fromEntries(addresses.map((address, index) => create(`p${index}`, address)))
}

const piece = fc.constantFrom(
  'npm.jsr.io',
  'npm.corp.example',
  'a',
  '@jsr',
  'x-1.0.0.tgz',
  '.git',
  '0x7f.1',
  '/',
  '//',
  '/../',
  '/./',
  '.',
  '%2e',
  '%2f',
  '@',
  ':',
  ':443',
  '?',
  ' ',
  'Ü',
  'A',
  '~',
  '_',
)
const address = fc
  .tuple(
    fc.constantFrom(
      'https://npm.corp.example/npm/',
      'https://npm.corp.example/npm/',
      'https://npm.jsr.io/~/11/@jsr/',
      'https://',
      'HTTPS://npm.jsr.io/',
      'http://npm.corp.example/',
      'git+https://npm.jsr.io/',
      'npm.jsr.io/',
      '//npm.jsr.io/',
    ),
    fc.array(piece, { maxLength: 5 }),
  )
  .map(([start, pieces]) => start + pieces.join(''))

describe.for(formats)('$file', ({ file, read }) => {
  test('an address is what parsing it would give, whichever stand before it', () => {
    let lazy = 0
    fc.assert(
      fc.property(fc.array(address, { maxLength: 8 }), (addresses) => {
        const { packages } = read(addresses)
        expect(packages).toHaveLength(addresses.length)
        for (const [index, { source }] of packages.entries()) {
          expect(source).toMatchObject(expected(file, addresses[index] ?? ''))
          if (source.type === 'remote' && source.plain !== undefined) lazy += 1
        }
      }),
      { numRuns: 1000, seed: 20_261_128 },
    )
    expect(lazy).toBeGreaterThan(100)
  })
})

/** Yarn 1 takes what ends like a repository for one. */
function expected(file: string, text: string): PackageSource {
  const isRepository = file === 'yarn.lock' && /^https?:.*\.git$/i.test(text)
  return parseSource(isRepository ? `git+${text}` : text)
}
