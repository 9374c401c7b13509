import type { Refusal } from '../../egress/ledger.ts'
import type { Finding } from '../../finding.ts'
import { clientTitles } from '../../policy/advice.ts'
import { translateManifests } from '../../project/journal.ts'
import { takeSnapshot, type SnapshotFiles } from '../../project/snapshot.ts'
import { createReport, type Report, type ReportedPackage } from '../../report/report.ts'
import type { ClientName } from '../../route/route.ts'
import type { CheckedProject } from '../check.ts'
import { addFindingContext } from '../finding-context.ts'
import { runClientIn } from './client.ts'
import { hasErrors, inspect } from './inspect.ts'
import { makeLockfile } from './lockfile.ts'
import { askRegistry } from './registry.ts'
import { checkArguments, findLockfiles } from './request.ts'
import type { ClientRequest, ClientSession } from './session.ts'
import type { GuardedWayOut, InstallOutcome, InstallRun, InstallStep, StepResult } from './step.ts'
import { describeStop } from './stop.ts'
import { withWayOut } from './way-out.ts'

/**
 * The flow of an install, under the run lock: judge, translate, make the lockfile, judge it, ask
 * the registry, install, judge again.
 */
export async function runInstall(run: InstallRun): Promise<InstallOutcome> {
  const before = await inspect(run)
  run.session.refuse(before.project)
  const findings = checkArguments(run)
  if (hasErrors([...before.findings, ...findings])) {
    const end = { type: 'stopped', at: 'start' } as const
    return report(run, { end, checked: before, findings }, undefined)
  }
  const { session, lock } = run
  const request = session.plan(before)
  const manifests = session.listTranslated(before.project)
  const translation = await translateManifests(session.root, manifests, lock)
  try {
    return await withWayOut(run, before.project, async (wayOut) => {
      const snapshot = await takeSnapshot(listFiles(session, before, request))
      const step = { ...run, before, request, wayOut, snapshot }
      const result = await runSteps(step)
      await translation.restore()
      return report(run, await judgeResult(step, result), wayOut)
    })
  } finally {
    await translation.restore()
  }
}

/** What there is to say of a run that was ended before it could begin. */
export async function reportInterruption(run: Omit<InstallRun, 'lock'>): Promise<InstallOutcome> {
  const checked = await inspect(run)
  return report(run, { end: describeStop(run.stop), checked, findings: [] }, undefined)
}

/** What the client may write: every lockfile, and the manifests where it was asked to change them. */
function listFiles(
  session: ClientSession,
  { project }: CheckedProject,
  { changesLockfile }: ClientRequest,
): SnapshotFiles {
  const files = session.listFiles(project)
  return changesLockfile ? files : { ...files, manifests: [] }
}

/** Whatever was changed is taken back unless all went well. */
async function runSteps(step: InstallStep): Promise<StepResult> {
  let isDone = false
  try {
    const result = await takeSteps(step)
    // What was found is in files that may be put back.
    const findings = await addFindingContext(result.findings, result.checked.project)
    isDone = result.end === undefined
    return { ...result, findings }
  } finally {
    if (!isDone) await step.snapshot.rollBack()
  }
}

async function takeSteps(step: InstallStep): Promise<StepResult> {
  const locked = await makeLockfile(step)
  if (locked.end !== undefined) return locked
  const asked = await askRegistry(step, locked)
  if (asked.end !== undefined) return asked
  return await install(step, asked)
}

async function install(step: InstallStep, asked: StepResult): Promise<StepResult> {
  const { request, snapshot, onProgress } = step
  // With --no-save npm looks up once more what was named; the rest is as the lockfile says.
  if (request.isUnsaved) await snapshot.rollBackManifests()
  if (request.installArguments === undefined) return asked
  onProgress({ type: 'installing' })
  const { end } = await runClientIn(step, { arguments: request.installArguments }, 'shown')
  // npm saves before it runs the project's own scripts, which may be what ends the run.
  if (end !== undefined) await snapshot.noteChanges()
  else if (request.isUnsaved) await snapshot.rollBackLockfiles()
  return { ...asked, end }
}

/** Judges what is there now. A lockfile that the user didn't want has then served its purpose. */
async function judgeResult(step: InstallStep, result: StepResult): Promise<StepResult> {
  if (result.end !== undefined) return result
  try {
    const checked = await inspect(step)
    const isStopped = hasErrors(checked.findings)
    return { ...result, checked, end: isStopped ? { type: 'stopped', at: 'result' } : undefined }
  } finally {
    if (step.request.leavesNoLockfile) await step.snapshot.rollBackLockfiles()
  }
}

function report(
  { session }: Omit<InstallRun, 'lock'>,
  result: StepResult,
  wayOut: Pick<GuardedWayOut, 'hosts' | 'refusals'> | undefined,
): InstallOutcome {
  const { end, checked, findings } = result
  const refused = wayOut?.refusals().map((refusal) => describeRefusal(refusal, session.name)) ?? []
  return {
    end: end ?? { type: 'done' },
    report: createReport({
      ...checked.report,
      packages: selectPackages(checked, session.name),
      findings: [...checked.findings, ...findings, ...refused],
      skipped: selectSkipped(result),
      hosts: wayOut?.hosts() ?? [],
    }),
  }
}

/** Rules about the registry count as judged only where it was asked, and where they are not off. */
function selectSkipped({ checked, isRegistryAsked }: StepResult): Report['skipped'] {
  return checked.report.skipped.filter(
    ({ rule }) =>
      isRegistryAsked !== true || checked.levels[rule] === 'off' || !askedRules.has(rule),
  )
}

/** Rules about the registry that an install does judge. */
const askedRules: ReadonlySet<string> = new Set([
  'not-served',
  'leaky-registry',
  'redirects-to-jsr',
])

/** One line per package: the record in `node_modules` says the same again where there is a lockfile. */
function selectPackages(
  { context, report: { packages } }: CheckedProject,
  client: ClientName,
): Report['packages'] {
  const files = findLockfiles(client, context.lockfiles).map(({ file }) => file)
  if (files.length === 0) return packages
  const chosen = packages.filter(({ lockfile }) => files.includes(lockfile))
  // Yarn 4 locks what is asked for with jsr: twice.
  return [...new Map(chosen.map((found) => [formatIdentity(found), found])).values()]
}

function formatIdentity({ alias, name, version, source, lockfile }: ReportedPackage): string {
  return JSON.stringify([alias, name, version, source, lockfile])
}

/** Who asked can't be seen from outside: the client itself, or a script that it started. */
function describeRefusal({ host, port }: Refusal, client: ClientName): Finding {
  return {
    rule: 'direct-route',
    severity: 'error',
    message: `${clientTitles[client]}, or a script that it started, asked ${host}:${port} and was refused`,
    hint: 'install with --ignore-scripts to see whether it was a script; else the registry leads there',
    file: 'package.json',
    line: undefined,
    package: undefined,
    version: undefined,
  }
}
