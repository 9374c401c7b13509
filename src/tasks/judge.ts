import type { RuleLevels } from '../config/policy-file.ts'
import type { Finding } from '../finding.ts'
import { evaluate } from '../policy/evaluate.ts'
import { applyIgnores, type SortedFindings } from '../policy/ignore.ts'
import { judgeContext } from '../policy/judge.ts'
import { detectPrivateRegistry } from '../policy/private-registry.ts'
import { findReplacedHosts } from '../policy/registry-replacement.ts'
import { networkRules } from '../policy/network-rules.ts'
import { rules } from '../policy/rules.ts'
import type { JudgedContext, PolicyContext } from '../policy/rule.ts'
import type { Project } from '../project/load.ts'
import { readOwnVersion } from '../project/own-version.ts'
import type { LoadedPolicy } from '../project/policy.ts'
import { createReport, type Report } from '../report/report.ts'
import { redactUrl } from '../url/redact.ts'
import { describeClient, describePackages } from './describe.ts'
import { listSkippedRules } from './skipped.ts'

/** What is judged, and by what. */
export interface JudgeOptions {
  readonly project: Project
  readonly policy: LoadedPolicy
  /** Levels of rules, over the policy's. */
  readonly levels: RuleLevels
  /** When it is, for what the policy dates. */
  readonly now?: Date | undefined
  /** What the registry's answers have to say, where it was asked. */
  readonly asked?: readonly Finding[] | undefined
}

/** How a project was judged. */
export interface Judgement {
  /** What the rules got to see. */
  readonly context: JudgedContext
  readonly report: Report
}

/** Judges a project that was read, and says what was found and what was not judged. */
export function judgeProject(options: JudgeOptions): Judgement {
  const { project, policy, levels, asked = [] } = options
  const context = judgeContext(createContext(project, policy))
  const { registry } = context
  const inForce = { ...policy.levels, ...levels }
  const setting = project.npmConfig.get('replace-registry-host')?.value
  const found = [...evaluate(context, inForce), ...findReplacedHosts(context, setting, inForce)]
  const { findings, ignored } = sortFindings(
    [...leaveToInsistence(found, project), ...asked],
    options,
  )
  const report = createReport({
    version: readOwnVersion(),
    root: project.root,
    registry: registry === undefined ? undefined : redactUrl(registry),
    clients: project.clients.map(describeClient),
    packages: describePackages(context),
    findings: [...findings, ...insistOnLockfiles(project), ...findUnjudgedClients(project)],
    ignored,
    skipped: listSkippedRules({ project, policy, levels }),
    hosts: [],
  })
  return { context, report }
}

/** What the rules get to see of a project. */
function createContext(project: Project, policy: LoadedPolicy): PolicyContext {
  const { clients, manifests, lockfiles, pnpmWorkspace } = project
  // A package without a scope goes where the default registry is.
  const routes = clients.flatMap(({ route, routeOf }) => [route, routeOf('name')])
  return {
    registry: detectPrivateRegistry({ pinned: policy.registry, routes }),
    isRegistryPinned: policy.registry !== undefined,
    scopes: policy.scopes,
    tarballs: policy.tarballs,
    packages: policy.packages,
    clients,
    manifests: manifests.map(({ manifest }) => manifest),
    workspaceFile: pnpmWorkspace?.specifiers,
    otherFiles: project.specifierFiles,
    pnpmHook: project.pnpmHook,
    lockfiles,
  }
}

function sortFindings(
  found: readonly Finding[],
  { project, policy, levels, asked, now }: JudgeOptions,
): SortedFindings {
  const inForce = { ...policy.levels, ...levels }
  return applyIgnores(found, {
    ignores: policy.ignores,
    policyFile: policy.file,
    levels: inForce,
    judged: (id) =>
      inForce[id] !== 'off' &&
      (rules.some((rule) => rule.id === id) ||
        (asked !== undefined && networkRules[id] !== undefined)),
    isPartial: project.leftOut.length > 0,
    // Told late: the first date that a process makes takes 5 ms, and few policies have ignores.
    get today() {
      return (now ?? new Date()).toISOString().slice(0, 10)
    },
  })
}

/** What {@link insistOnLockfiles} says is not said twice. */
function leaveToInsistence(found: readonly Finding[], project: Project): readonly Finding[] {
  const files = new Set(listUnreadable(project).map(({ file }) => file))
  return found.filter(({ rule, file }) => rule !== 'unknown-source' || !files.has(file))
}

/**
 * A lockfile that can't be read makes a run fail whatever the levels and ignores are:
 * `unknown-source` can be turned down for entries, not for all that a project installs.
 */
function insistOnLockfiles(project: Project): Finding[] {
  return listUnreadable(project).map(({ file, line, reason, hint }) =>
    createUnknown({ file, line, message: `the lockfile can't be read: ${reason}`, hint }),
  )
}

function listUnreadable({ lockfiles }: Project) {
  return lockfiles.flatMap(({ file, content }) =>
    content.type === 'unreadable' ? [{ file, ...content }] : [],
  )
}

function findUnjudgedClients({ unjudged }: Project): Finding[] {
  return unjudged.map(({ name, file, line }) =>
    createUnknown({
      file,
      line,
      message: `${name} is used here, and this version of jsr-guard can't tell where it would go`,
      hint: `remove what names it if it is not used, or judge one client alone with --client NAME`,
    }),
  )
}

function createUnknown(found: Pick<Finding, 'file' | 'line' | 'message' | 'hint'>): Finding {
  return {
    rule: 'unknown-source',
    severity: 'error',
    package: undefined,
    version: undefined,
    ...found,
  }
}
