import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPnpmLockfile } from '../../src/lockfile/pnpm.ts'
import { checkProject } from '../../src/tasks/check.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'
import { createProject } from '../world/project.ts'

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

/** pnpm 10.31 and 11.0 left out addresses that nobody can put together again. */
const broken = files.filter((file) => (counts[file]?.jsr_without_tarball ?? 0) > 0)

test('there are lockfiles that have lost their tarballs', () => {
  expect(broken).not.toEqual([])
  if (corpus === shared) expect(broken).toHaveLength(2)
})

test.for(broken)('%s is judged by where pnpm would go, for it names no address', async (file) => {
  const text = readFileSync(new URL(file, corpus), 'utf8')
  const check = async (npmrc: string) => {
    const cwd = await createProject({ 'package.json': {}, '.npmrc': npmrc, 'pnpm-lock.yaml': text })
    const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
    const pnpm = { version: '10.34.9' }
    return await checkProject({ cwd, env: {}, home: cwd, client: 'pnpm', npm, pnpm })
  }
  const { findings, packages } = await check('registry=https://npm.corp.example/npm/\n')
  const direct = findings.filter(({ rule }) => rule === 'direct-resolution')
  expect(direct).toHaveLength(counts[file]?.jsr_entries ?? 0)
  for (const { message } of direct) {
    expect(message).toContain('the lockfile names no address, and pnpm asks https://npm.jsr.io/')
  }
  expect(packages.map(({ source, verdict }) => ({ source, verdict }))).toEqual(
    direct.map(() => ({ source: undefined, verdict: 'direct' })),
  )
  const mapped = await check('@jsr:registry=https://npm.corp.example/npm/\n')
  expect(mapped.packages.map(({ verdict }) => verdict)).toEqual(direct.map(() => 'private'))
})
