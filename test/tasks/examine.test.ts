import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runInProcess } from '../cli/in-process.ts'
import { createProject } from '../world/project.ts'
import { startPnpr, type Pnpr } from '../world/pnpr.ts'
import { startWorld, type RegistryName, type World } from '../world/world.ts'
import { createVerifyProject, runVerify } from './verify/trial.ts'

const patient = { timeout: 60_000 }

let world: World
let pnpr: Pnpr
beforeAll(async () => {
  world = await startWorld({ verdaccio: true })
  world.publish({ name: 'semver', version: '7.0.0' })
  pnpr = await startPnpr(world.directory, world.loopback('jsr'))
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(async () => {
  await pnpr.close()
  await world.close()
}, patient.timeout)

interface Row {
  readonly registry: RegistryName
  readonly exitCode: number
  /** The first check that did not pass, warnings aside. */
  readonly check?: string
  readonly status?: string
  readonly lines?: readonly string[]
  readonly policy?: object
  readonly timeoutMs?: number
}

const rows: readonly Row[] = [
  { registry: 'good', exitCode: 0 },
  { registry: 'token', exitCode: 0, lines: ['//token.corp.example/npm/:_authToken=${TOKEN}'] },
  { registry: 'token', exitCode: 4, check: 'access', status: 'unknown' },
  { registry: 'forbidden', exitCode: 4, check: 'access', status: 'unknown' },
  { registry: 'leaky', exitCode: 1, check: 'tarballs' },
  { registry: 'redirecting', exitCode: 1, check: 'tarballs' },
  { registry: 'packument-redirecting', exitCode: 1, check: 'metadata' },
  { registry: 'confused', exitCode: 1, check: 'origin' },
  { registry: 'forwarding', exitCode: 1, check: 'tarballs' },
  { registry: 'blob', exitCode: 1, check: 'tarballs' },
  { registry: 'blob', exitCode: 0, policy: { tarballs: ['https://*.corp-storage.example/'] } },
  { registry: 'blob-redirecting', exitCode: 0 },
  { registry: 'missing', exitCode: 1, check: 'metadata' },
  { registry: 'wrong-hash', exitCode: 1, check: 'tarballs' },
  { registry: 'wrong-bytes', exitCode: 1, check: 'tarballs' },
  { registry: 'broken', exitCode: 4, check: 'metadata', status: 'unknown' },
  { registry: 'hanging', exitCode: 4, check: 'reachable', status: 'unknown', timeoutMs: 300 },
  { registry: 'truncated', exitCode: 4, check: 'metadata', status: 'unknown' },
  { registry: 'huge', exitCode: 1, check: 'metadata', status: 'unknown' },
  { registry: 'bomb', exitCode: 1, check: 'metadata', status: 'unknown' },
  { registry: 'garbage', exitCode: 1, check: 'metadata' },
  { registry: 'downgrading', exitCode: 4, check: 'metadata', status: 'unknown' },
]

describe('doctor', patient, () => {
  test.for(rows.map((row) => [describeRow(row), row] as const))('%s', async ([, row]) => {
    const { registry, exitCode, check, status = 'fail', lines = [], policy, timeoutMs } = row
    const cwd = await createVerifyProject(world, { registry, lines, policy })
    const outcome = await runDoctor(cwd, timeoutMs)
    const { checks, isProtected, next } = outcome.diagnosis
    const bad = checks.find((one) => one.status === 'fail' || one.status === 'unknown')
    expect(bad).toEqual(
      check === undefined ? undefined : expect.objectContaining({ id: check, status }),
    )
    expect(outcome.exitCode).toBe(exitCode)
    expect({ isProtected, next }).toEqual({
      isProtected: exitCode === 0,
      next: exitCode === 0 ? null : expect.any(String),
    })
    expect(world.askedJsr()).toEqual([])
    expect(outcome.stdout + outcome.stderr).not.toContain(world.token)
  })

  test('has "protected" or the first thing to do as its last line', async () => {
    const good = await createVerifyProject(world, { registry: 'good' })
    expect((await runText(good)).stdout).toMatch(/\nprotected\n$/)
    const missing = await createVerifyProject(world, { registry: 'missing' })
    expect((await runText(missing)).stdout).toMatch(
      /\nfirst: make https:\/\/npm\.jsr\.io an upstream of the registry[^\n]*\n$/,
    )
    expect((await runText(missing, '--quiet')).stdout).toMatch(/^first: [^\n]*\n$/)
  })

  test('says where each client goes, and asks nobody where that is JSR', async () => {
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
      '.npmrc': '@jsr:registry=https://npm.jsr.io/\n',
    })
    const { exitCode, diagnosis } = await runDoctor(cwd)
    expect(exitCode).toBe(1)
    expect(diagnosis).toMatchObject({
      registry: null,
      clients: [{ name: 'npm', route: { url: 'https://npm.jsr.io/', from: '.npmrc:1' } }],
      next: 'name the private registry: jsr-guard init --registry URL',
    })
    expect(world.log).toEqual([])
  })
})

describe('a real Verdaccio with JSR as its uplink', patient, () => {
  test('is recognised, follows JSR’s metadata, and serves by JSR’s own file names', async () => {
    const cwd = await createVerifyProject(world, { registry: 'verdaccio', entry: jsrNamed() })
    const { exitCode, diagnosis } = await runDoctor(cwd)
    expect(diagnosis).toMatchObject({
      product: { id: 'verdaccio', sureness: 'certain' },
      model: { model: 'follows', why: "it serves tarballs by the file names of JSR's own layout" },
      isProtected: true,
    })
    expect(exitCode).toBe(0)
    // It also has the public registry as an uplink.
    expect(diagnosis.checks.filter(({ status }) => status !== 'pass')).toEqual([
      expect.objectContaining({ id: 'public-packages', status: 'warning' }),
    ])
    expect(world.askedJsr()).toEqual([])
    expect(world.askedJsr('uplink').length).toBeGreaterThan(0)
  })

  test.for([[[]], [['--tarballs']]] as const)(
    'passes verify with %j, by the file name 1.0.0.tgz',
    async ([args]) => {
      const cwd = await createVerifyProject(world, { registry: 'verdaccio', entry: jsrNamed() })
      expect(await runVerify(world, cwd, { args })).toMatchObject({ exitCode: 0, rules: [] })
    },
  )

  test('is said not to serve the file by the name that npm would give it', async () => {
    const cwd = await createVerifyProject(world, { registry: 'verdaccio' })
    expect(await runVerify(world, cwd)).toMatchObject({ exitCode: 1, rules: ['not-served'] })
  })

  function jsrNamed(): object {
    return { resolved: `${world.registry('verdaccio')}@jsr/luca__cases/-/1.0.0.tgz` }
  }
})

describe('a real pnpr with JSR as its upstream', patient, () => {
  test('is recognised, and has metadata and no tarballs', async () => {
    const cwd = await createVerifyProject(world, { registry: new URL(pnpr.url) })
    const { exitCode, diagnosis } = await runDoctor(cwd, undefined, roundTheProxy)
    expect(diagnosis).toMatchObject({
      product: { id: 'pnpr', sureness: 'certain' },
      model: { model: 'constructs', why: 'it has the metadata, and finds no tarball' },
      isProtected: false,
    })
    expect(exitCode).toBe(1)
    expect(diagnosis.checks.find(({ status }) => status === 'fail')).toMatchObject({
      id: 'tarballs',
      message: expect.stringContaining('it has the metadata, and not the tarball: HTTP 404'),
    })
    expect(diagnosis.advice[0]?.steps[0]).toContain('run jsr-guard gateway')
  })

  test('does not pass verify', async () => {
    const cwd = await createVerifyProject(world, {
      registry: new URL(pnpr.url),
      entry: { resolved: `${pnpr.url}@jsr/luca__cases/-/1.0.0.tgz` },
    })
    const outcome = await runVerify(world, cwd, { env: roundTheProxy })
    expect(outcome).toMatchObject({ exitCode: 1, rules: ['not-served'] })
  })
})

/** pnpr is a program of its own, on a port of this machine. */
const roundTheProxy = { NO_PROXY: '127.0.0.1' }

interface DiagnosisJson {
  readonly registry: string | null
  readonly checks: ReadonlyArray<{ readonly id: string; readonly status: string }>
  readonly advice: ReadonlyArray<{ readonly steps: readonly string[] }>
  readonly isProtected: boolean
  readonly next: string | null
}

async function runDoctor(cwd: string, timeoutMs = 10_000, extra: Record<string, string> = {}) {
  const env = world.env({
    npm_config_cafile: world.caFile,
    npm_config_fetch_timeout: String(timeoutMs),
    TOKEN: world.token,
    ...extra,
  })
  const result = await runInProcess(['doctor', '--json'], { cwd, env })
  const diagnosis: DiagnosisJson = JSON.parse(result.stdout)
  return { ...result, diagnosis }
}

async function runText(cwd: string, ...args: readonly string[]) {
  const env = world.env({ npm_config_cafile: world.caFile })
  return await runInProcess([...args, 'doctor'], { cwd, env })
}

function describeRow({ registry, exitCode, check, lines, policy }: Row): string {
  const how = [...(lines === undefined ? [] : ['its token']), ...Object.keys(policy ?? {})]
  const what = check === undefined ? 'protected' : `${check}, exit code ${exitCode}`
  return [`${registry} comes to ${what}`, ...how].join(', with ')
}
