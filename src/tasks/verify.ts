import { JsrGuardError } from '../errors.ts'
import { networkRules } from '../policy/network-rules.ts'
import type { RegistryFact } from '../policy/registry-facts.ts'
import { evaluateFacts } from '../policy/registry-findings.ts'
import type { ServedPolicy } from '../policy/served-findings.ts'
import { loadHashLedger } from '../project/hash-ledger.ts'
import { createReport, type Report, type SkippedRule } from '../report/report.ts'
import { askAboutPackages, type Asked, type AskProgress } from './ask.ts'
import { inspectProject, type CheckedProject, type CheckProjectOptions } from './check.ts'
import { addContext } from './finding-context.ts'
import { judgeProject } from './judge.ts'

/** What to verify, and how. */
export interface VerifyProjectOptions extends CheckProjectOptions {
  /** Whether to fetch every tarball and look at its bytes; nothing is unpacked. */
  readonly fetchesTarballs?: boolean | undefined
  readonly onProgress?: ((progress: AskProgress) => void) | undefined
}

/** What came of it. */
export interface VerifyOutcome {
  readonly report: Report
  /** Why nothing could be said of a package; `undefined` where each was told of. */
  readonly unanswered: JsrGuardError | undefined
}

/**
 * Judges a project as `checkProject` does, and asks the private registry about every `@jsr` package
 * of every lockfile. JSR is asked nothing.
 *
 * A report without errors is a pass only where `unanswered` is `undefined`.
 *
 * @throws JsrGuardError what `checkProject` throws; `ERR_JSR_GUARD_LEDGER` for a ledger that can't
 *   be trusted; `ERR_JSR_GUARD_REGISTRY` where the registry refuses us.
 */
export async function verifyProject(options: VerifyProjectOptions): Promise<VerifyOutcome> {
  const { env, fetchesTarballs = false, onProgress } = options
  const checked = await inspectProject(options)
  const ledger = await loadHashLedger(checked.project.root)
  const asked = await askAboutPackages(checked, { env, fetchesTarballs, onProgress })
  return await reportFacts(checked, asked, { ...options, knownHashes: ledger.find })
}

/** What the registry's answers are held against. */
interface ReportFactsOptions extends Pick<VerifyProjectOptions, 'levels' | 'now'> {
  readonly knownHashes: ServedPolicy['knownHashes']
}

/** What is to be said of a project, and of what the registry said of its packages. */
export async function reportFacts(
  checked: CheckedProject,
  { facts, hosts }: Asked,
  { knownHashes, levels = {}, now = new Date() }: ReportFactsOptions,
): Promise<VerifyOutcome> {
  const { project, policy } = checked
  const { minimumAgeDays } = policy
  const served = { knownHashes, minimumAgeDays, nowMs: now.getTime() }
  const asked = evaluateFacts(facts, checked.levels, served)
  const { report } = judgeProject({ project, policy, levels, now, asked })
  const unanswered = facts.filter(({ answer }) => answer.type === 'unknown')
  const found = createReport({
    ...report,
    skipped: [...selectSkipped(checked), ...unanswered.map(describeUnanswered)],
    hosts,
  })
  return {
    report: await addContext(found, project),
    unanswered: createUnanswered(unanswered),
  }
}

/** Rules about the registry were judged, where they are not off and the policy has what they need. */
function selectSkipped({ report, levels, policy }: CheckedProject): SkippedRule[] {
  const isJudged = ({ rule }: SkippedRule): boolean =>
    levels[rule] !== 'off' && networkRules[rule] !== undefined
  const open: SkippedRule[] =
    policy.minimumAgeDays === undefined
      ? [{ rule: 'too-new', reason: 'the policy has no minimumAgeDays' }]
      : []
  return [...report.skipped.filter((skipped) => !isJudged(skipped)), ...open]
}

function describeUnanswered(fact: RegistryFact): SkippedRule {
  return { rule: 'not-served', reason: describeReason(fact) }
}

function describeReason({ answer, package: name, version }: RegistryFact): string {
  const label = version === undefined ? name : `${name}@${version}`
  if (answer.type !== 'unknown') return label
  return `could not ask ${answer.url.host} for ${label}: ${answer.reason}`
}

function createUnanswered(facts: readonly RegistryFact[]): JsrGuardError | undefined {
  const [first] = facts
  if (first === undefined) return undefined
  const more = facts.length === 1 ? '' : `, and ${facts.length - 1} more`
  return new JsrGuardError('ERR_JSR_GUARD_REGISTRY', `${describeReason(first)}${more}`, {
    hint: 'see that the registry is up, and that its credentials are configured: jsr-guard doctor',
  })
}
