import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { readNpmLockfile } from '../../src/lockfile/npm.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

/** What small independent scripts counted in a lockfile. */
interface Count {
  readonly direct: number
  readonly jsr_entries: number
  readonly no_resolved: number
}

const shared = new URL('../../../shared/corpus/', import.meta.url)
const copy = new URL('../fixtures/corpus/', import.meta.url)
const isShared = existsSync(shared)
const corpus = isShared ? shared : copy
if (!isShared) {
  console.warn(
    `notice: the corpus of real lockfiles is not beside this clone; one of them stands in`,
  )
}

const counts: Readonly<Record<string, Count>> = JSON.parse(
  readFileSync(new URL('direct-jsr.json', corpus), 'utf8'),
)
const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('/package-lock.json'))
  .toSorted()
const isOld = (file: string): boolean => /"lockfileVersion": 1,/.test(readLockfileText(file))
const lockfiles = files.filter((file) => !isOld(file))

test(`every lockfile of ${isShared ? 'the corpus' : 'the small copy of the corpus'} has been counted`, () => {
  const counted = Object.keys(counts).filter((file) => file.endsWith('/package-lock.json'))
  expect(files).toEqual(counted.toSorted())
  expect(lockfiles).not.toEqual([])
})

test.for(lockfiles)('%s holds what was counted in it', (file) => {
  const text = readLockfileText(file)
  const { packages, projects } = readNpmLockfile(text)
  const count = {
    direct: packages.filter(isDirect).length,
    jsr_entries: packages.filter(({ name }) => name.startsWith('@jsr/')).length,
    no_resolved: packages.filter(({ source }) => source.type === 'route').length,
  }
  expect(count).toEqual(counts[file])
  expect(packages.length + projects.length).toBe(countEntries(text))
  expect(projects.map(({ folder }) => folder)).toContain('')
  expect(packages.map(({ source }) => source.type)).not.toContain('unknown')
})

test.for(lockfiles)('each entry of %s is on the line that is named', (file) => {
  const text = readLockfileText(file)
  const lines = text.split('\n')
  const { packages, projects } = readNpmLockfile(text)
  for (const { key, line } of packages) {
    expect(lines[(line() ?? 0) - 1]?.trim()).toBe(`${JSON.stringify(key)}: {`)
  }
  for (const { folder, line } of projects) {
    expect(lines[(line() ?? 0) - 1]?.trim()).toBe(`${JSON.stringify(folder)}: {`)
  }
})

test('a lockfile of version 1 is refused', () => {
  for (const file of files.filter(isOld)) {
    expect(() => readNpmLockfile(readLockfileText(file))).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_LOCKFILE_VERSION' }),
    )
  }
})

function readLockfileText(file: string): string {
  return readFileSync(new URL(file, corpus), 'utf8')
}

function isDirect({ source }: LockedPackage): boolean {
  return source.type === 'remote' && isJsrHost(source.url.hostname)
}

function countEntries(text: string): number {
  const { packages }: { packages: object } = JSON.parse(text)
  return Object.keys(packages).length
}
