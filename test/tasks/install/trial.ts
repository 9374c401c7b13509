import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { assert } from 'vitest'
import { clients, type Client } from '../../clients/clients.ts'
import { findMarker } from '../../world/marker.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard, type RunResult } from '../../world/run.ts'
import type { World } from '../../world/world.ts'

/** A project as it is found, and what is to be done with it. */
export interface Trial {
  readonly files: Readonly<Record<string, string | object>>
  /** The client's command line, such as `['install']`. */
  readonly args: readonly string[]
  /** Default: an environment of its own. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What files alone can't say, such as times. */
  readonly prepare?: ((cwd: string) => Promise<void>) | undefined
}

/** What came of it. */
export interface Outcome extends RunResult {
  readonly cwd: string
  readonly home: string
  /** The files that hold bytes of one of JSR's tarballs: of the project, and of the home with npm's cache. */
  readonly marked: readonly string[]
  /** The files of the project that were changed, added or removed; `node_modules` is passed over. */
  readonly changed: readonly string[]
}

/** What came of a run of jsr-guard. */
export interface GuardedOutcome extends Outcome {
  readonly report: ReportJson
  /** The rules at error level, each once. */
  readonly rules: readonly string[]
}

/** A report as `--format json` prints it, as far as tests read it. */
interface ReportJson {
  readonly findings: ReadonlyArray<{
    readonly rule: string
    readonly severity: string
    readonly message: string
    readonly file: string
  }>
  readonly packages: ReadonlyArray<{
    readonly name: string
    readonly source: string | null
    readonly verdict: string
  }>
  readonly skipped: ReadonlyArray<{ readonly rule: string; readonly reason: string }>
  readonly hosts: ReadonlyArray<{
    readonly host: string
    readonly connections: number
    readonly refused: number
  }>
}

/** The client whose version begins with that. */
export function clientOf(major: string): Client {
  const client = clients.find(({ version }) => version.startsWith(`${major}.`))
  assert(client !== undefined)
  return client
}

/** The first part of a client's version. */
export function majorOf({ version }: Pick<Client, 'version'>): string {
  return version.slice(0, version.indexOf('.'))
}

/** Runs the client itself. npm 12 is told that it may fetch from elsewhere than the registry. */
export async function runBare(world: World, client: Client, trial: Trial): Promise<Outcome> {
  const isStrict = client.name === 'npm' && majorOf(client) === '12'
  const tolerant = isStrict ? ['--allow-remote=all'] : []
  const env = trial.env ?? world.env({}, client)
  return await observe(world, { ...trial, env }, (cwd) =>
    runClient(client, [...trial.args, ...tolerant], { cwd, env }),
  )
}

/** Runs jsr-guard, which finds that client on the PATH, and reads its report. */
export async function runGuarded(
  world: World,
  client: Client,
  trial: Trial,
): Promise<GuardedOutcome> {
  const env = trial.env ?? world.env({}, client)
  const outcome = await observe(world, { ...trial, env }, (cwd) =>
    runGuard(['--format', 'json', ...trial.args], { cwd, env }),
  )
  const report = readReport(outcome)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  return { ...outcome, report, rules: Array.from(new Set(errors.map(({ rule }) => rule))) }
}

/** The text of every file of a project, by its path; `node_modules` is passed over. */
export async function readTree(cwd: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(cwd, file).split(sep).includes('node_modules'))
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')))
  return new Map(files.map((file, index) => [relative(cwd, file), texts[index] ?? '']))
}

async function observe(
  world: World,
  { files, env, prepare }: Trial & { readonly env: Readonly<Record<string, string>> },
  run: (cwd: string) => Promise<RunResult>,
): Promise<Outcome> {
  const cwd = await createProject(files)
  await prepare?.(cwd)
  const before = await readTree(cwd)
  world.forget()
  const result = await run(cwd)
  const home = env['HOME'] ?? ''
  const places = await Promise.all([cwd, home].map((place) => findMarker(place, world.marker)))
  const changed = compareTrees(before, await readTree(cwd))
  return { ...result, cwd, home, marked: places.flat(), changed }
}

function compareTrees(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const files = Array.from(new Set([...before.keys(), ...after.keys()]))
  return files.filter((file) => before.get(file) !== after.get(file)).toSorted()
}

/** Without a report the run failed in a way that the test has to see. */
function readReport({ stdout, stderr, exitCode }: RunResult): ReportJson {
  if (stdout === '') return { findings: [], packages: [], skipped: [], hosts: [] }
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`no report (exit code ${exitCode}):\n${stdout}\n${stderr}`)
  }
}
