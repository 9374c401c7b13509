import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { wantTarball } from '../../src/registry/tarball-content.ts'
import { packFiles } from '../world/tarball.ts'

/** A body that comes in pieces of that size. */
async function* comesAs(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Buffer, size?: number) {
  return await wantTarball.read(comesAs(bytes, size), bytes.length)
}

test('a tarball is hashed, and its package.json is read wherever it stands', async () => {
  const manifest = { name: '@jsr/luca__cases', _jsr_revision: 11 }
  const files = {
    'a.bin': randomBytes(300_000).toString('hex'),
    'package.json': JSON.stringify(manifest),
  }
  const { tarball, integrity } = packFiles(files)
  const content = await read(tarball)
  expect(content.manifest).toEqual(manifest)
  expect(content.integrity).toContain(integrity)
})

test('of several package.json the last one counts, as it does when they are unpacked', async () => {
  const first = packFiles({ 'package.json': '{"name":"first"}' }).tarball
  // Two archives after one another are one with two entries, if the first has no end.
  const { gunzipSync } = await import('node:zlib')
  const joined = Buffer.concat([
    gunzipSync(first).subarray(0, -1024),
    gunzipSync(packFiles({ 'package.json': '{"name":"last"}' }).tarball),
  ])
  expect((await read(gzipSync(joined))).manifest).toEqual({ name: 'last' })
})

test.for([
  ['no gzip', randomBytes(500_000)],
  ['gzip of no tarball', gzipSync(randomBytes(500_000))],
  [
    'a tarball cut short',
    packFiles({ 'a.bin': randomBytes(200_000).toString('hex') }).tarball.subarray(0, 50_000),
  ],
  ['a tarball without one', packFiles({ 'index.js': '' }).tarball],
  ['a package.json that is no JSON', packFiles({ 'package.json': '{' }).tarball],
  ['a package.json that is a list', packFiles({ 'package.json': '[]' }).tarball],
  ['a package.json further in', packFiles({ 'src/package.json': '{}' }).tarball],
  ['nothing', Buffer.alloc(0)],
] as const)('of %s the hash is known, and no package.json', async ([, bytes]) => {
  const { integrity, manifest } = await read(bytes, 16_384)
  expect(manifest).toBeUndefined()
  const hash = createHash('sha512').update(bytes).digest('base64')
  expect(integrity[0]).toBe(`sha512-${hash}`)
})

test('what unpacks to more than any package is given up, in little memory', async () => {
  const part = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 })
  const parts = Array.from({ length: 5 }, () => part)
  const before = process.memoryUsage().rss
  await expect(read(Buffer.concat(parts), 65_536)).rejects.toThrow(
    'unpacks to more than 268435456 bytes',
  )
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
})
