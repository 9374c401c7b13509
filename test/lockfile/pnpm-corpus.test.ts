import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPnpmLockfile } from '../../src/lockfile/pnpm.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

/** What small independent scripts counted in a lockfile. */
interface Count {
  readonly direct: number
  readonly jsr_entries: number
  readonly jsr_without_tarball: number
}

const shared = new URL('../../../shared/corpus/', import.meta.url)
const corpora = [shared, new URL('../fixtures/corpus/', import.meta.url)]
const corpus = corpora.find((folder) => existsSync(folder)) ?? shared

const counts: Readonly<Record<string, Count>> = JSON.parse(
  readFileSync(new URL('direct-jsr.json', corpus), 'utf8'),
)
const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('/pnpm-lock.yaml'))
  .toSorted()

test('every lockfile of pnpm in the corpus has been counted', () => {
  const counted = Object.keys(counts).filter((file) => file.endsWith('/pnpm-lock.yaml'))
  expect(files).toEqual(counted.toSorted())
  expect(files).not.toEqual([])
})

test.for(files)('%s holds what was counted in it', (file) => {
  const text = readFileSync(new URL(file, corpus), 'utf8')
  const { packages, projects } = readPnpmLockfile(text)
  const jsrPackages = packages.filter(({ name }) => name.startsWith('@jsr/'))
  expect({
    direct: packages.filter(
      ({ source }) => source.type === 'remote' && isJsrHost(source.url.hostname),
    ).length,
    jsr_entries: jsrPackages.length,
    jsr_without_tarball: jsrPackages.filter(({ source }) => source.type === 'route').length,
  }).toEqual(counts[file])
  expect(packages.map(({ source }) => source.type)).not.toContain('unknown')
  expect(projects).not.toEqual([])
  // Every entry of `packages` is there, under its own key.
  const entries = /\npackages:\n([^]*?)\n(?=\w)/.exec(text)?.[1] ?? ''
  const keys = Array.from(entries.matchAll(/^ {2}(\S.*):$/gm), ([, key = '']) =>
    key.replace(/^'(.*)'$/, '$1'),
  )
  const read = new Set(packages.map(({ key }) => key))
  expect(keys.filter((key) => !read.has(key))).toEqual([])
  expect(keys.length).toBeGreaterThan(100)
})

test.for(files)('each entry of %s is on the line that is named', (file) => {
  const text = readFileSync(new URL(file, corpus), 'utf8')
  const lines = text.split('\n')
  for (const { key, line } of readPnpmLockfile(text).packages) {
    if (key.includes('>')) continue
    expect(lines[(line() ?? 0) - 1]?.trim().replace(/^'(.*)':$/, '$1:')).toBe(`${key}:`)
  }
})
