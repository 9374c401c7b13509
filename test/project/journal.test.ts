import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { recoverTranslation, translateManifests } from '../../src/project/journal.ts'
import type { Translation } from '../../src/project/journal.ts'
import { acquireRunLock } from '../../src/project/lock.ts'
import { loadManifests } from '../../src/project/workspaces.ts'
import { createProject } from '../world/project.ts'
import { startDriver } from './driver.ts'

// Many processes are started here, on machines that may have other things to do as well.
const patient = { timeout: 300_000 }

const rootText =
  '\uFEFF{\r\n\t"dependencies": {"w" :"./w", "@luca/cases" : "jsr:\\u005e1", "plain":"^1"}}'
const workspaceText = '{ "name": "w",\n  "devDependencies": { "text": "jsr:@std/text" } }\n\n'

const files = { 'package.json': rootText, 'w/package.json': workspaceText }

async function read(root: string, file = 'package.json'): Promise<string> {
  return await readFile(join(root, file), 'utf8')
}

async function translate(root: string): Promise<Translation> {
  const lock = await acquireRunLock(root)
  const translation = await translateManifests(root, await loadManifests(root), lock)
  // As if the run were killed from here on, as far as the lock is concerned.
  await lock.release()
  return translation
}

async function recover(root: string): Promise<readonly string[]> {
  const lock = await acquireRunLock(root)
  try {
    return (await recoverTranslation(root)).files
  } finally {
    await lock.release()
  }
}

/** What has to be so after every run. */
async function expectUntouched(root: string): Promise<void> {
  expect(await read(root)).toBe(rootText)
  expect(await read(root, 'w/package.json')).toBe(workspaceText)
  expect((await readdir(root)).toSorted()).toEqual(['package.json', 'w'])
  expect(await readdir(join(root, 'w'))).toEqual(['package.json'])
}

describe('a translation', () => {
  test('writes aliases for the time of a run, and the very same bytes after it', async () => {
    const root = await createProject(files)
    const lock = await acquireRunLock(root)
    const translation = await translateManifests(root, await loadManifests(root), lock)
    expect(translation.files).toEqual(['package.json', 'w/package.json'])
    expect(await read(root)).toBe(rootText.replace('jsr:\\u005e1', 'npm:@jsr/luca__cases@^1'))
    expect(await read(root, 'w/package.json')).toContain('"text": "npm:@jsr/std__text@*"')
    await translation.restore()
    await translation.restore()
    await lock.release()
    await expectUntouched(root)
  })

  test('of manifests without jsr: touches nothing and keeps no journal', async () => {
    const root = await createProject({ 'package.json': '{"dependencies":{"a":"npm:@jsr/a__b@1"}}' })
    const before = await stat(join(root, 'package.json'))
    const translation = await translate(root)
    expect(translation.files).toEqual([])
    expect(await readdir(root)).toEqual(['package.json'])
    await translation.restore()
    expect((await stat(join(root, 'package.json'))).ino).toBe(before.ino)
  })

  test.runIf(process.platform !== 'win32')('keeps the mode of a manifest', async () => {
    const root = await createProject(files)
    await chmod(join(root, 'package.json'), 0o640)
    const { restore } = await translate(root)
    expect((await stat(join(root, 'package.json'))).mode & 0o777).toBe(0o640)
    await restore()
    expect((await stat(join(root, 'package.json'))).mode & 0o777).toBe(0o640)
  })

  test('of a manifest behind a link changes the manifest, not the link', async () => {
    const root = await createProject({ 'w/package.json': workspaceText, 'real.json': rootText })
    await symlink('real.json', join(root, 'package.json'))
    const { restore } = await translate(root)
    expect(await read(root, 'real.json')).toContain('npm:@jsr/luca__cases@^1')
    await restore()
    expect(await read(root, 'real.json')).toBe(rootText)
    expect(await recover(root)).toEqual([])
    expect((await readdir(root)).toSorted()).toEqual(['package.json', 'real.json', 'w'])
  })

  test.for([
    ['with a specifier that can not be translated', 'jsr:a/b/c', 'ERR_JSR_GUARD_SPECIFIER'],
    ['with white space before it', ' jsr:^1', 'ERR_JSR_GUARD_SPECIFIER'],
  ] as const)('is refused %s, before anything is written', async ([, specifier, code]) => {
    const dependencies = { '@luca/cases': 'jsr:^1', '@std/text': specifier }
    const root = await createProject({ 'package.json': { dependencies } })
    const before = await read(root)
    await expect(translate(root)).rejects.toMatchObject({ code, file: 'package.json' })
    expect(await read(root)).toBe(before)
  })

  test('is refused for a manifest that a link leads to out of the project', async () => {
    const root = await createProject({
      'project/package.json': { workspaces: ['w'], dependencies: { '@luca/cases': 'jsr:^1' } },
      'outside/package.json': workspaceText,
    })
    await symlink('../outside', join(root, 'project/w'))
    const before = await read(root, 'project/package.json')
    const refused = { code: 'ERR_JSR_GUARD_UNSUPPORTED', file: 'w/package.json' }
    await expect(translate(join(root, 'project'))).rejects.toMatchObject(refused)
    expect(await read(root, 'project/package.json')).toBe(before)
    expect(await read(root, 'outside/package.json')).toBe(workspaceText)
  })

  test('is given up when a manifest has been edited since it was judged', async () => {
    const root = await createProject(files)
    const lock = await acquireRunLock(root)
    const loaded = await loadManifests(root)
    await writeFile(join(root, 'w/package.json'), `${workspaceText} `)
    const result = translateManifests(root, loaded, lock)
    await expect(result).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_MANIFEST' })
    await lock.release()
    expect(await read(root)).toBe(rootText)
    expect(await read(root, 'w/package.json')).toBe(`${workspaceText} `)
    expect((await readdir(root)).toSorted()).toEqual(['package.json', 'w'])
  })

  test('never takes the place of a journal that is still needed', async () => {
    const root = await createProject(files)
    await translate(root)
    const journal = await read(root, '.jsr-guard/journal.json')
    await writeFile(join(root, 'package.json'), rootText)
    await expect(translate(root)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
    expect(await read(root, '.jsr-guard/journal.json')).toBe(journal)
  })
})

describe('what happened to a manifest in between', () => {
  /** Both ways: at the end of the run, and by the next one after this one was killed. */
  const endings = {
    'is kept when the run ends': async (_root: string, { restore }: Translation) => await restore(),
    'is kept when the run was killed': async (root: string) => void (await recover(root)),
  }

  describe.for(Object.entries(endings))('%s:', ([, end]) => {
    test('a dependency that the client has added', async () => {
      const root = await createProject(files)
      const translation = await translate(root)
      const added = '"@std/fs": "npm:@jsr/std__fs@^1.0.0", "left-pad": "^1", "plain"'
      await writeFile(join(root, 'package.json'), (await read(root)).replace('"plain"', added))
      await end(root, translation)
      const expected = '"@std/fs": "jsr:^1.0.0", "left-pad": "^1", "plain"'
      expect(await read(root)).toBe(rootText.replace('"plain"', expected))
      expect(await read(root, 'w/package.json')).toBe(workspaceText)
    })

    test('a manifest that was removed, and a folder', async () => {
      const root = await createProject({ ...files, 'other/package.json': '{}' })
      const translation = await translate(root)
      await rm(join(root, 'w'), { recursive: true })
      await end(root, translation)
      expect(await read(root)).toBe(rootText)
      expect(await recover(root)).toEqual([])
      expect((await readdir(root)).toSorted()).toEqual(['other', 'package.json'])
    })

    test('a file that is no JSON any more, with its old text at hand', async () => {
      const root = await createProject(files)
      const translation = await translate(root)
      const broken = (await read(root)).replace('}', '')
      await writeFile(join(root, 'package.json'), broken)
      const result = end(root, translation)
      await expect(result).rejects.toMatchObject({
        code: 'ERR_JSR_GUARD_JOURNAL',
        file: 'package.json',
        hint: expect.stringContaining(join(root, '.jsr-guard/original-1.json')),
      })
      expect(await read(root)).toBe(broken)
      expect(await read(root, '.jsr-guard/original-1.json')).toBe(rootText)
      await writeFile(join(root, 'package.json'), broken.replace('plain', 'plainer') + '}')
      await recover(root)
      expect(await read(root)).toBe(rootText.replace('plain', 'plainer'))
      expect((await readdir(root)).toSorted()).toEqual(['package.json', 'w'])
    })

    test('bytes that are no text any more', async () => {
      const root = await createProject(files)
      const translation = await translate(root)
      const bytes = Buffer.from([0xff, 0xfe])
      await writeFile(join(root, 'w/package.json'), bytes)
      await expect(end(root, translation)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
      expect(await readFile(join(root, 'w/package.json'))).toEqual(bytes)
      expect(await read(root, '.jsr-guard/journal.json')).toContain('w/package.json')
    })

    test('a link that took the place of a folder is not followed', async () => {
      const root = await createProject({ ...files, 'other/x': '' })
      const translation = await translate(root)
      await rename(join(root, 'w'), join(root, 'other/w'))
      await symlink('other/w', join(root, 'w'))
      const before = await read(root, 'w/package.json')
      await expect(end(root, translation)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
      expect(await read(root, 'w/package.json')).toBe(before)
    })
  })

  test('at the end of a run one bad manifest does not keep the others', async () => {
    const root = await createProject(files)
    const { restore } = await translate(root)
    await writeFile(join(root, 'package.json'), '{')
    await expect(restore()).rejects.toMatchObject({ file: 'package.json' })
    expect(await read(root, 'w/package.json')).toBe(workspaceText)
    const journal: { manifests: object[] } = JSON.parse(await read(root, '.jsr-guard/journal.json'))
    expect(journal.manifests).toHaveLength(1)
  })
})

describe('a run that was killed', () => {
  test('is put right by the next one, which says what it has done', async () => {
    const root = await createProject(files)
    await translate(root)
    expect(await recover(root)).toEqual(['package.json', 'w/package.json'])
    await expectUntouched(root)
    expect(await recover(root)).toEqual([])
  })

  test('at any of its calls is put right by the next one', patient, async () => {
    const edited = rootText.replace('"plain"', '"added": "jsr:@std/fs@^1", "plain"')
    const outcomes = new Set<string>()
    const killOne = async (killAt: number): Promise<boolean> => {
      const root = await createProject(files)
      const { signal, stderr } = await startDriver(root, 'edit', { killAt }).end
      expect(stderr).toBe('')
      await recover(root)
      outcomes.add(await read(root))
      await writeFile(join(root, 'package.json'), rootText)
      await expectUntouched(root)
      return signal === null
    }
    let killAt = 0
    for (let isDone = false; !isDone; killAt += 2) {
      isDone = (await Promise.all([killOne(killAt + 1), killOne(killAt + 2)])).some(Boolean)
    }
    expect(killAt).toBeGreaterThan(60)
    expect([...outcomes].toSorted()).toEqual([edited, rootText].toSorted())
  })

  test('at any time is put right by the next one', patient, async () => {
    const root = await createProject(files)
    for (let round = 0; round < 25; round += 1) {
      const driver = startDriver(root, 'loop')
      expect(await driver.firstLine()).toBe('translated')
      setTimeout(() => driver.process.kill('SIGKILL'), Math.random() * 40)
      expect(await driver.end).toEqual({ signal: 'SIGKILL', stderr: '' })
      await recover(root)
      await expectUntouched(root)
    }
  })
})

test('two runs at the same time leave the manifests as they were', patient, async () => {
  const root = await createProject(files)
  const runs = Array.from({ length: 6 }, async () => await startDriver(root, 'translate').end)
  for (const { signal, stderr } of await Promise.all(runs)) {
    expect({ signal, stderr }).toEqual({ signal: null, stderr: '' })
  }
  await expectUntouched(root)
})

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('a journal that came with a repository', () => {
  const translated = '{"dependencies":{"@luca/cases":"npm:@jsr/luca__cases@^1"}}'
  const original = '{"dependencies":{"@luca/cases":"jsr:^1"}}'
  const changes = [
    { path: ['dependencies', '@luca/cases'], from: 'jsr:^1', to: 'npm:@jsr/luca__cases@^1' },
  ]
  const entry = { file: 'package.json', original: encode(original), changes }
  const withEntry = (changed: object): object => ({
    version: 1,
    manifests: [{ ...entry, ...changed }],
  })

  test('can at most write an alias as the jsr: specifier that it means', async () => {
    const journal = withEntry({})
    const root = await createProject({
      'package.json': translated,
      '.jsr-guard/journal.json': journal,
    })
    expect(await recover(root)).toEqual(['package.json'])
    expect(await read(root)).toBe(original)
  })

  const evil = '{"dependencies":{"@luca/cases":"jsr:^1"},"scripts":{"install":"evil"}}'
  const evilTarget = '{"dependencies":{"@luca/cases":"jsr:@evil/cases@^1"}}'

  test.for<readonly [string, string | object]>([
    ['holds no JSON', '{'],
    ['is of another version', { ...withEntry({}), version: 2 }],
    ['has a key twice', JSON.stringify(withEntry({})).replace('{', '{"version":1,')],
    ['has no list', { version: 1, manifests: {} }],
    ['says that its text had another translation', withEntry({ changes: [] })],
    ['says that its text was for another package', withEntry({ original: encode(evilTarget) })],
    ['has a text without jsr:', withEntry({ original: encode(translated), changes: [] })],
    ['has a text that is no manifest', withEntry({ original: encode('[]') })],
    ['has a text that is no base64', withEntry({ original: `${encode(original)}!` })],
    ['has a text that is no UTF-8', withEntry({ original: '//4=' })],
    ['leads out of the project', withEntry({ file: '../other/package.json' })],
    ['leads out in the middle', withEntry({ file: 'a/../../other/package.json' })],
    ['names an absolute path', withEntry({ file: '/package.json' })],
    ['names an empty path', withEntry({ file: '' })],
    ['names what is installed', withEntry({ file: 'node_modules/a/package.json' })],
    ['has a path with a zero in it', withEntry({ file: 'package.json\0' })],
    ['names a file that is no manifest', withEntry({ file: 'fixture/package.json' })],
    ['names a manifest behind a link', withEntry({ file: 'link/package.json' })],
  ])('is refused when it %s', async ([, journal]) => {
    const manifest = {
      dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1', other: 'file:link' },
    }
    const root = await createProject({
      'project/package.json': manifest,
      'project/node_modules/a/package.json': translated,
      'project/fixture/package.json': translated,
      'project/.jsr-guard/journal.json': journal,
      'other/package.json': translated,
    })
    await symlink('../other', join(root, 'project/link'))
    const before = await read(root, 'project/package.json')
    const result = recover(join(root, 'project'))
    await expect(result).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
    expect(await read(root, 'project/package.json')).toBe(before)
    for (const file of ['other', 'project/fixture', 'project/node_modules/a']) {
      expect(await read(root, `${file}/package.json`)).toBe(translated)
    }
  })

  test('cannot bring in anything else beside a specifier', async () => {
    const journal = withEntry({ original: encode(evil) })
    const root = await createProject({
      'package.json': translated,
      '.jsr-guard/journal.json': journal,
    })
    await recover(root)
    expect(await read(root)).toBe(original)
  })

  test('is not read through a link, nor is anything written through one', async () => {
    const root = await createProject({
      'project/package.json': '{',
      'project/.jsr-guard/x': '',
      'journal.json': withEntry({}),
      precious: 'precious',
    })
    const folder = join(root, 'project/.jsr-guard')
    await symlink('../../journal.json', join(folder, 'journal.json'))
    const refused = { code: 'ERR_JSR_GUARD_JOURNAL' }
    await expect(recover(join(root, 'project'))).rejects.toMatchObject(refused)
    await rm(join(folder, 'journal.json'))
    await writeFile(join(folder, 'journal.json'), JSON.stringify(withEntry({})))
    await symlink('../../precious', join(folder, 'original-1.json'))
    await expect(recover(join(root, 'project'))).rejects.toMatchObject(refused)
    expect(await read(root, 'precious')).toBe('precious')
    expect(await read(root, 'project/.jsr-guard/original-1.json')).toBe(original)
  })

  test('is refused when it is a folder', async () => {
    const root = await createProject({ 'package.json': translated })
    await mkdir(join(root, '.jsr-guard/journal.json'), { recursive: true })
    await expect(recover(root)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_JOURNAL' })
  })
})
