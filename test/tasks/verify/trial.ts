import { runInProcess, type InProcessResult } from '../../cli/in-process.ts'
import { createProject } from '../../world/project.ts'
import type { RegistryName, World } from '../../world/world.ts'

/** The package that is locked. */
export const jsrName = '@jsr/luca__cases'

/** What a project to verify is made with. */
export interface VerifyProject {
  readonly registry: RegistryName | URL
  readonly policy?: object | undefined
  /** More of `.npmrc`. */
  readonly lines?: readonly string[]
  /** Of the entry in the lockfile. */
  readonly entry?: object
  readonly files?: Readonly<Record<string, string | object>>
}

/** A project whose lockfile names that registry for `@luca/cases` 1.0.0, and the right hash. */
export async function createVerifyProject(world: World, project: VerifyProject): Promise<string> {
  const { registry, policy, lines = [], entry, files = {} } = project
  const base = typeof registry === 'string' ? world.registry(registry) : registry.href
  const dependencies = { '@luca/cases': `npm:${jsrName}@1.0.0` }
  const locked = {
    name: jsrName,
    version: '1.0.0',
    resolved: `${base}${jsrName}/-/luca__cases-1.0.0.tgz`,
    integrity: world.published(jsrName, '1.0.0').integrity,
    ...entry,
  }
  return await createProject({
    'package.json': { name: 'p', dependencies },
    'package-lock.json': {
      name: 'p',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name: 'p', dependencies }, 'node_modules/@luca/cases': locked },
    },
    '.npmrc': [`registry=${base}`, `@jsr:registry=${base}`, ...lines, ''].join('\n'),
    ...(policy === undefined ? {} : { 'jsr-guard.json': { registry: base, ...policy } }),
    ...files,
  })
}

/** What came of a run of verify. */
export interface VerifyResult extends InProcessResult {
  /** The rules at error level, each once. */
  readonly rules: readonly string[]
  readonly report: ReportJson
}

interface ReportJson {
  readonly findings: ReadonlyArray<{
    readonly rule: string
    readonly severity: string
    readonly message: string
  }>
  readonly skipped: ReadonlyArray<{ readonly rule: string; readonly reason: string }>
  readonly hosts: ReadonlyArray<{ readonly host: string }>
}

/** What a test wants otherwise. */
interface RunVerifyOptions {
  readonly args?: readonly string[]
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the command line in this process, with short timeouts, and reads its report. */
export async function runVerify(
  world: World,
  cwd: string,
  { args = [], timeoutMs = 5000, env: extra = {} }: RunVerifyOptions = {},
): Promise<VerifyResult> {
  const env = world.env({
    npm_config_cafile: world.caFile,
    npm_config_fetch_timeout: String(timeoutMs),
    npm_config_fetch_retries: '1',
    TOKEN: world.token,
    ...extra,
  })
  const result = await runInProcess(['--format', 'json', 'verify', ...args], { cwd, env })
  const empty: ReportJson = { findings: [], skipped: [], hosts: [] }
  const report: ReportJson = result.stdout === '' ? empty : JSON.parse(result.stdout)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  return { ...result, report, rules: Array.from(new Set(errors.map(({ rule }) => rule))) }
}
