import { lstat, mkdir, readdir, readFile, stat, symlink, chmod, link } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { removeTemporaries, writeFileAtomically } from '../../src/project/write.ts'
import { createProject } from '../world/project.ts'

const isPosix = process.platform !== 'win32'

describe('a file', () => {
  test('is replaced, and nothing else is left in its folder', async () => {
    const root = await createProject({ 'a.json': 'old' })
    expect(await writeFileAtomically(join(root, 'a.json'), Buffer.from('new'))).toBe(true)
    expect(await readFile(join(root, 'a.json'), 'utf8')).toBe('new')
    expect(await readdir(root)).toEqual(['a.json'])
  })

  test('that does not exist is made', async () => {
    const root = await createProject({})
    expect(await writeFileAtomically(join(root, 'a.json'), Buffer.from('new'))).toBe(true)
    expect(await readdir(root)).toEqual(['a.json'])
  })

  test.runIf(isPosix)('keeps its mode', async () => {
    const root = await createProject({ 'a.json': 'old' })
    await chmod(join(root, 'a.json'), 0o640)
    await writeFileAtomically(join(root, 'a.json'), Buffer.from('new'))
    expect((await stat(join(root, 'a.json'))).mode & 0o777).toBe(0o640)
  })

  test('is never half written: who has the old one open keeps it', async () => {
    const root = await createProject({ 'a.json': 'old' })
    await link(join(root, 'a.json'), join(root, 'b.json'))
    await writeFileAtomically(join(root, 'a.json'), Buffer.from('new'))
    expect(await readFile(join(root, 'b.json'), 'utf8')).toBe('old')
  })

  test('behind a link is replaced where it is', async () => {
    const root = await createProject({ 'real/a.json': 'old', 'b/c': '' })
    await symlink('../real/a.json', join(root, 'b/a.json'))
    await writeFileAtomically(join(root, 'b/a.json'), Buffer.from('new'))
    expect((await lstat(join(root, 'b/a.json'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(root, 'real/a.json'), 'utf8')).toBe('new')
  })

  test('that holds what is expected is written', async () => {
    const root = await createProject({ 'a.json': 'old' })
    const expected = Buffer.from('old')
    const file = join(root, 'a.json')
    expect(await writeFileAtomically(file, Buffer.from('new'), { expected })).toBe(true)
    expect(await readFile(file, 'utf8')).toBe('new')
  })

  test.for([
    ['that somebody has edited', { 'a.json': 'edited' }],
    ['that is gone', {}],
  ] as const)('%s is left alone', async ([, files]) => {
    const root = await createProject(files)
    const expected = Buffer.from('old')
    const file = join(root, 'a.json')
    expect(await writeFileAtomically(file, Buffer.from('new'), { expected })).toBe(false)
    expect(await readdir(root)).toEqual(Object.keys(files))
  })
})

test('a write that fails leaves nothing behind', async () => {
  const root = await createProject({})
  await mkdir(join(root, 'a.json/in-the-way'), { recursive: true })
  await expect(writeFileAtomically(join(root, 'a.json'), Buffer.from('new'))).rejects.toThrow()
  expect(await readdir(root)).toEqual(['a.json'])
})

test('what killed writers have left is removed, and nothing that only looks like it', async () => {
  const token = '0123456789abcdef'.repeat(2)
  const kept = [
    `.other.json.jsr-guard-${token}`,
    `.package.json.jsr-guard-${token}0`,
    '.package.json.jsr-guard-',
    'package.json',
    `package.json.jsr-guard-${token}`,
  ]
  const files = [...kept, `.package.json.jsr-guard-${token}`]
  const root = await createProject(Object.fromEntries(files.map((file) => [file, ''])))
  await removeTemporaries(join(root, 'package.json'))
  expect((await readdir(root)).toSorted()).toEqual(kept.toSorted())
})
