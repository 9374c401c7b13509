import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runInProcess, type InProcessResult } from '../../cli/in-process.ts'
import { createProject } from '../../world/project.ts'
import { startWorld, type World } from '../../world/world.ts'
import { createVerifyProject, jsrName, runVerify } from './trial.ts'

const patient = { timeout: 60_000 }
const ledgerFile = 'jsr-guard.lock.json'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => publish({ revision: 11 }))
afterAll(() => world.close())

/** `@luca/cases` 1.0.0 as JSR builds it in that revision. */
function publish({ revision, text = '' }: { revision?: number; text?: string }): void {
  world.publish({
    name: jsrName,
    version: '1.0.0',
    manifest: {
      homepage: 'https://jsr.io/@luca/cases',
      ...(revision === undefined ? {} : { _jsr_revision: revision }),
    },
    files: { 'mod.js': text },
  })
}

async function lockHashes(cwd: string, ...args: readonly string[]): Promise<InProcessResult> {
  const env = world.env({ npm_config_cafile: world.caFile })
  return await runInProcess(['lock-hashes', ...args], { cwd, env })
}

describe('lock-hashes', patient, () => {
  test('writes what it saw first, and changes nothing when run again', async () => {
    const cwd = await createVerifyProject(world, { registry: 'good' })
    const first = await lockHashes(cwd)
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stderr).toContain('1 added, 0 kept')
    const text = await readFile(join(cwd, ledgerFile), 'utf8')
    const { integrity } = world.published(jsrName, '1.0.0')
    expect(JSON.parse(text)).toEqual({ [`${jsrName}@1.0.0 r11`]: integrity, ledgerVersion: 1 })
    expect((await lockHashes(cwd)).stderr).toContain('0 added, 1 kept')
    expect(await readFile(join(cwd, ledgerFile), 'utf8')).toBe(text)
    expect(world.askedJsr()).toEqual([])
  })

  test('writes nothing of a package with which something is wrong', async () => {
    const cwd = await createVerifyProject(world, { registry: 'wrong-bytes' })
    const outcome = await lockHashes(cwd)
    expect(outcome).toMatchObject({ exitCode: 1 })
    expect(outcome.stdout).toContain('error[integrity-mismatch]')
    await expect(readFile(join(cwd, ledgerFile))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('verify, by the ledger', patient, () => {
  test('tells a revision of JSR’s that was let in from tampering', async () => {
    const cwd = await createVerifyProject(world, { registry: 'good' })
    await lockHashes(cwd)
    publish({ revision: 12, text: 'built anew' })

    const unknown = await runVerify(world, cwd)
    expect(unknown).toMatchObject({ exitCode: 1, rules: ['integrity-mismatch'] })
    expect(unknown.report.findings[0]?.message).toContain("the ledger has the lockfile's")
    expect(await lockHashes(cwd)).toMatchObject({ exitCode: 1 })

    const accepted = await lockHashes(cwd, '--accept-revisions')
    expect(accepted.stderr).toContain('1 added, 1 kept')
    expect(await runVerify(world, cwd)).toMatchObject({
      exitCode: 0,
      report: { findings: [{ rule: 'revision-drift', severity: 'warning' }] },
    })
  })

  test.for([
    ['of the same revision', { revision: 11, text: 'tampered' }],
    ['of an older revision', { revision: 10, text: 'tampered' }],
    ['without a revision', { text: 'tampered' }],
  ] as const)('another file %s is no revision to be let in', async ([, tampered]) => {
    const cwd = await createVerifyProject(world, { registry: 'good' })
    await lockHashes(cwd)
    const before = await readFile(join(cwd, ledgerFile), 'utf8')
    publish(tampered)
    expect(await lockHashes(cwd, '--accept-revisions')).toMatchObject({ exitCode: 1 })
    expect(await readFile(join(cwd, ledgerFile), 'utf8')).toBe(before)
  })

  test('a lockfile and a registry that were changed together are found out', async () => {
    const other = await createVerifyProject(world, { registry: 'good' })
    await lockHashes(other)
    const ledger = await readFile(join(other, ledgerFile), 'utf8')
    publish({ revision: 11, text: 'tampered' })
    const files = { [ledgerFile]: ledger }
    const cwd = await createVerifyProject(world, { registry: 'good', files })
    expect(await runVerify(world, cwd)).toMatchObject({
      exitCode: 1,
      rules: ['integrity-mismatch'],
    })
  })

  test('a ledger that can’t be trusted is an error, and no pass', async () => {
    const files = { [ledgerFile]: '{\n<<<<<<< ours\n  "ledgerVersion": 1\n}\n' }
    const cwd = await createVerifyProject(world, { registry: 'good', files })
    const outcome = await runVerify(world, cwd)
    expect(outcome).toMatchObject({ exitCode: 2 })
    expect(outcome.stderr).toContain('ERR_JSR_GUARD_LEDGER jsr-guard.lock.json:2')
  })
})

test('git merges ledgers line by line, and a version with two hashes is found out', async () => {
  const cwd = await createProject({ '.gitattributes': `${ledgerFile} merge=union\n` })
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd,
      encoding: 'utf8',
    })
  const { formatHashLedger, readHashLedger } = await import('../../../src/config/hash-ledger.ts')
  const entry = (version: string, letter: string) => ({
    name: jsrName,
    version,
    revision: 11,
    integrity: `sha512-${letter.repeat(86)}==`,
  })
  const commit = async (...entries: ReadonlyArray<ReturnType<typeof entry>>) => {
    await writeFile(join(cwd, ledgerFile), formatHashLedger(entries))
    git('add', '.')
    git('commit', '--quiet', '--message', 'ledger')
  }
  const read = async () => readHashLedger(await readFile(join(cwd, ledgerFile), 'utf8'), ledgerFile)
  git('init', '--quiet', '--initial-branch', 'main')
  await commit(entry('1.0.0', 'a'))
  git('checkout', '--quiet', '-b', 'theirs')
  await commit(entry('1.0.0', 'a'), entry('1.1.0', 'c'))
  git('checkout', '--quiet', 'main')
  await commit(entry('1.0.0', 'a'), entry('1.0.1', 'b'))
  git('merge', '--quiet', '--no-edit', 'theirs')
  expect((await read()).map(({ version }) => version).toSorted()).toEqual([
    '1.0.0',
    '1.0.1',
    '1.1.0',
  ])

  git('checkout', '--quiet', '-b', 'evil')
  await commit(entry('1.0.0', 'a'), entry('1.0.1', 'b'), entry('1.1.0', 'c'), entry('1.2.0', 'd'))
  git('checkout', '--quiet', 'main')
  await commit(entry('1.0.0', 'a'), entry('1.0.1', 'b'), entry('1.1.0', 'c'), entry('1.2.0', 'e'))
  git('merge', '--quiet', '--no-edit', 'evil')
  await expect(read()).rejects.toThrow(expect.objectContaining({ code: 'ERR_JSR_GUARD_LEDGER' }))
})
