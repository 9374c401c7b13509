import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { createVerifyProject, jsrName, runVerify } from './trial.ts'

// The machine may be busy.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close())

interface Row {
  readonly registry: RegistryName
  readonly exitCode: number
  readonly rules?: readonly string[]
  readonly stderr?: string
  readonly args?: readonly string[]
  readonly policy?: object
  readonly lines?: readonly string[]
}

/** What each registry that we have a stand-in for comes to. */
const rows: readonly Row[] = [
  { registry: 'good', exitCode: 0 },
  { registry: 'good', exitCode: 0, args: ['--tarballs'] },
  { registry: 'lookalike', exitCode: 0 },
  { registry: 'leaky', exitCode: 1, rules: ['leaky-registry'] },
  { registry: 'redirecting', exitCode: 1, rules: ['redirects-to-jsr'] },
  { registry: 'packument-redirecting', exitCode: 1, rules: ['redirects-to-jsr'] },
  { registry: 'confused', exitCode: 1, rules: ['not-from-jsr'] },
  { registry: 'forwarding', exitCode: 1, rules: ['foreign-resolution'] },
  { registry: 'blob', exitCode: 1, rules: ['foreign-resolution'] },
  {
    registry: 'blob',
    exitCode: 0,
    policy: { tarballs: ['https://*.corp-storage.example/'] },
    args: ['--tarballs'],
  },
  { registry: 'blob-redirecting', exitCode: 0, args: ['--tarballs'] },
  { registry: 'missing', exitCode: 1, rules: ['not-served'] },
  { registry: 'wrong-hash', exitCode: 1, rules: ['integrity-mismatch'] },
  { registry: 'wrong-bytes', exitCode: 0 },
  {
    registry: 'wrong-bytes',
    exitCode: 1,
    rules: ['integrity-mismatch', 'not-from-jsr'],
    args: ['--tarballs'],
  },
  { registry: 'throttled', exitCode: 0 },
  { registry: 'exhausted', exitCode: 4, stderr: 'it answered HTTP 429' },
  { registry: 'token', exitCode: 4, stderr: 'token.corp.example refused us (HTTP 401)' },
  { registry: 'token', exitCode: 0, lines: ['//token.corp.example/npm/:_authToken=${TOKEN}'] },
  { registry: 'forbidden', exitCode: 4, stderr: 'forbidden.corp.example refused us (HTTP 403)' },
  { registry: 'broken', exitCode: 4, stderr: 'it answered HTTP 500' },
  { registry: 'hanging', exitCode: 4, stderr: 'it did not answer, or not to the end, in 400 ms' },
  { registry: 'slow', exitCode: 4, stderr: 'it did not answer, or not to the end, in 2000 ms' },
  { registry: 'truncated', exitCode: 4, stderr: 'the connection failed' },
  { registry: 'huge', exitCode: 4, stderr: 'its answer is larger than 16777216 bytes' },
  { registry: 'bomb', exitCode: 4, stderr: 'its answer is larger than 16777216 bytes' },
  { registry: 'garbage', exitCode: 4, stderr: 'its metadata is not what a registry answers' },
  { registry: 'downgrading', exitCode: 4, stderr: 'it redirects from https to plain http' },
]

describe('verify, of a lockfile in which all is well', patient, () => {
  test.for(rows.map((row) => [describeRow(row), row] as const))('%s', async ([, row]) => {
    const { registry, exitCode, rules = [], stderr, args = [], policy, lines = [] } = row
    const cwd = await createVerifyProject(world, { registry, policy, lines })
    const isSilent = registry === 'hanging' || registry === 'slow'
    const outcome = await runVerify(world, cwd, { args, timeoutMs: isSilent ? 400 : 5000 })
    expect(outcome.stderr).toContain(stderr ?? '')
    expect(outcome).toMatchObject({ exitCode, rules })
    expect(world.askedJsr()).toEqual([])
    expect(outcome.stdout + outcome.stderr).not.toContain(world.token)
    if (stderr !== undefined) expect(outcome.stderr).toContain('ERR_JSR_GUARD_REGISTRY')
  })
})

function describeRow({ registry, exitCode, rules = [], args = [], ...row }: Row): string {
  const how = [...args, ...Object.keys(row.policy ?? {}), ...(row.lines ? ['its token'] : [])]
  const what = rules.length > 0 ? rules.join(' and ') : `exit code ${exitCode}`
  return [`${registry} comes to ${what}`, ...how].join(', with ')
}

test('each package is asked for once, and each tarball once', patient, async () => {
  const cwd = await createVerifyProject(world, { registry: 'good' })
  await runVerify(world, cwd)
  const asked = world.asked('npm.corp.example').filter(({ kind }) => kind === 'request')
  expect(asked.map(({ path }) => path).toSorted()).toEqual([
    '/npm/@jsr%2fluca__cases',
    `/npm/${jsrName}/-/luca__cases-1.0.0.tgz`,
  ])
})
