import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readLockfile } from '../../src/lockfile/read.ts'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

/** What small independent scripts counted in a lockfile. */
interface Count {
  readonly direct?: number
  readonly native_jsr?: number
  readonly npm_jsr_tarballs?: number
}

const shared = new URL('../../../shared/corpus/', import.meta.url)
const isShared = existsSync(shared)
const counts: Readonly<Record<string, Count>> = isShared
  ? JSON.parse(readFileSync(new URL('direct-jsr.json', shared), 'utf8'))
  : {}
const names = /\/(?:yarn\.lock|bun\.lock|deno\.lock|vlt-lock\.json)$/
const files = (isShared ? readdirSync(shared, { recursive: true, encoding: 'utf8' }) : [])
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => names.test(file))
  .toSorted()

if (!isShared) console.warn('notice: the corpus of real lockfiles is not beside this clone')

test('every lockfile of the other clients in the corpus has been counted', () => {
  const counted = Object.keys(counts).filter((file) => names.test(file))
  expect(files).toEqual(counted.toSorted())
})

test.for(files)('%s holds what was counted in it', (file) => {
  const text = readFileSync(new URL(file, shared), 'utf8')
  const { packages } = readLockfile(file.slice(file.lastIndexOf('/') + 1), text)
  const native = packages.filter(({ source }) => source.type === 'native').length
  const direct = packages.filter(isDirect).length
  const {
    direct: expected = 0,
    native_jsr: natives = 0,
    npm_jsr_tarballs: tarballs = 0,
  } = counts[file] ?? {}
  expect({ native, direct }).toEqual({ native: natives, direct: expected + tarballs })
  expect(packages.map(({ source }) => source.type)).not.toContain('unknown')
  const lines = text.split('\n')
  for (const { key, line } of packages.slice(0, 50)) {
    expect(lines[(line() ?? 0) - 1]).toContain(key.replace(/^(?:jsr|npm):/, ''))
  }
})

if (isShared) {
  test('a control names the hosts that it was taken for, and nothing of JSR', () => {
    const text = readFileSync(new URL('ctl-terminalizer/yarn.lock', shared), 'utf8')
    const hosts = readLockfile('yarn.lock', text).packages.map(({ source }) =>
      source.type === 'remote' ? source.url.hostname : source.type,
    )
    expect([...new Set(hosts)]).toEqual(['registry.npmjs.example'])
  })
}

function isDirect({ source }: LockedPackage): boolean {
  return source.type === 'remote' && isJsrHost(source.url.hostname)
}
