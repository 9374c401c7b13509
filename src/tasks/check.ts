import type { RuleLevels } from '../config/policy-file.ts'
import type { Finding } from '../finding.ts'
import type { JudgedContext } from '../policy/rule.ts'
import { loadProject, type NpmInUse, type PnpmInUse, type Project } from '../project/load.ts'
import { loadPolicy, type LoadedPolicy } from '../project/policy.ts'
import type { Report } from '../report/report.ts'
import type { ClientName } from '../route/route.ts'
import { addContext } from './finding-context.ts'
import { judgeProject } from './judge.ts'
import { findNpmInUse } from './npm-in-use.ts'
import { findPnpmInUse } from './pnpm-in-use.ts'

/** What to check, and how. */
export interface CheckProjectOptions {
  /** Where to look for the project; absolute. */
  readonly cwd: string
  /** The private registry, over the policy's; as written. */
  readonly registry?: string | undefined
  /** One client instead of those detected. */
  readonly client?: ClientName | undefined
  /** Absolute path of the policy file; default `jsr-guard.json` in the root. */
  readonly config?: string | undefined
  /** Levels of rules, over the policy's. */
  readonly levels?: RuleLevels | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home. */
  readonly home: string
  /** The npm that the project is installed with; looked for where it is not given. */
  readonly npm?: NpmInUse | undefined
  /** The pnpm that would be run; looked for where it is not given. */
  readonly pnpm?: PnpmInUse | undefined
  /** The versions of other clients that would be run where the project does not say which. */
  readonly versions?: Readonly<Partial<Record<ClientName, string | undefined>>> | undefined
  /** The client that is going to run: its version is known, whatever the project asks for. */
  readonly running?: ClientName | undefined
  /** The clients to judge; default all that are known. */
  readonly known?: readonly ClientName[] | undefined
  /** When it is, for what the policy dates; default now. */
  readonly now?: Date | undefined
}

/** A project that was read and judged, with all that the judgement rests on. */
export interface CheckedProject {
  readonly project: Project
  readonly policy: LoadedPolicy
  /** Levels of rules that are in force: the options' over the policy's. */
  readonly levels: RuleLevels
  /** What the rules got to see. */
  readonly context: JudgedContext
  /** Those of the report. */
  readonly findings: readonly Finding[]
  readonly report: Report
}

/**
 * Judges a project by what lies in it and by its clients' configuration; asks nobody and changes nothing.
 *
 * What this version can't judge, such as the lockfile of another client than npm and pnpm, is a finding at
 * error level whatever the levels are; what was left out is in `skipped`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_NOTHING_TO_CHECK` where there is neither manifest nor
 *   lockfile; `ERR_JSR_GUARD_MANIFEST`, `ERR_JSR_GUARD_CONFIG` and `ERR_JSR_GUARD_POLICY` for files
 *   that can't be read; `ERR_JSR_GUARD_URL` and `ERR_JSR_GUARD_USAGE` for options that make no sense.
 */
export async function checkProject(options: CheckProjectOptions): Promise<Report> {
  const { report, project } = await inspectProject(options)
  return await addContext(report, project)
}

/** Does what {@link checkProject} does, and hands over what the report was made from. */
export async function inspectProject(options: CheckProjectOptions): Promise<CheckedProject> {
  const { registry, config, levels = {}, now } = options
  const [npm, pnpm] = await Promise.all([
    options.npm ?? findNpmInUse(options.env),
    options.pnpm ?? findPnpmInUse(options.env),
  ])
  const project = await loadProject({ ...options, npm, pnpm })
  const { root, manifests } = project
  const policy = await loadPolicy({ root, manifests, config, registry })
  const { context, report } = judgeProject({ project, policy, levels, now })
  const inForce = { ...policy.levels, ...levels }
  return { project, policy, levels: inForce, context, findings: report.findings, report }
}
