import type { RuleLevels } from '../config/policy-file.ts'
import type { Ignore } from '../config/policy-ignore.ts'
import { ruleLevels, type Finding, type RuleId } from '../finding.ts'
import type { IgnoredFinding } from '../report/report.ts'
import type { RuleText } from './rule.ts'

/** The rule about the policy's own ignores. It needs what the other rules find, so it is none of theirs. */
export const unusedIgnore: RuleText & { readonly id: 'unused-ignore' } = {
  id: 'unused-ignore',
  summary: 'Every ignore of the policy matches something and has not expired.',
  explanation: `An ignore in the policy matches nothing any more, or its "until" has passed. An expired one is not applied: what it was about is reported again.

Take it out, or look at what it was about and give it another date. An ignore that is left behind may hide the next finding.

Of policies that are extended, only ignores that have expired and would match are reported: a company's policy need not fit every project. Ignores of rules that were not judged in a run are left alone, and so is everything with --client, which judges only a part.`,
}

/** What was found, and what is made of it. */
export interface IgnoreOptions {
  readonly ignores: readonly Ignore[]
  /** The project's own policy; ignores of others are only reported where they would match. */
  readonly policyFile: string | undefined
  /** Levels that are in force. */
  readonly levels: RuleLevels
  /** Rules that were judged in this run. */
  readonly judged: (rule: RuleId) => boolean
  /** Whether a part of the project was left out. */
  readonly isPartial: boolean
  /** Today, `YYYY-MM-DD`, in UTC. */
  readonly today: string
}

/** Findings, with those taken out that the policy ignores. */
export interface SortedFindings {
  /** Those that stay, and one for each ignore that is of no use. */
  readonly findings: readonly Finding[]
  readonly ignored: readonly IgnoredFinding[]
}

/**
 * Takes out what the policy ignores. An ignore must name what it is about exactly; one that has
 * expired is not applied.
 */
export function applyIgnores(found: readonly Finding[], options: IgnoreOptions): SortedFindings {
  const findings: Finding[] = []
  const ignored: IgnoredFinding[] = []
  const matched = new Set<Ignore>()
  for (const finding of found) {
    const matching = options.ignores.filter((ignore) => isAbout(ignore, finding))
    for (const ignore of matching) matched.add(ignore)
    const ignore = matching.find((each) => !isExpired(each, options))
    if (ignore === undefined) findings.push(finding)
    else ignored.push({ ...finding, reason: ignore.reason, until: ignore.until })
  }
  return { findings: [...findings, ...findUnused(matched, options)], ignored }
}

function isAbout(ignore: Ignore, finding: Finding): boolean {
  return (
    ignore.rule === finding.rule &&
    (ignore.package === undefined || ignore.package === finding.package) &&
    (ignore.version === undefined || ignore.version === finding.version) &&
    (ignore.file === undefined || ignore.file === finding.file)
  )
}

function isExpired({ until }: Ignore, { today }: IgnoreOptions): boolean {
  return until !== undefined && until < today
}

function findUnused(matched: ReadonlySet<Ignore>, options: IgnoreOptions): Finding[] {
  const { levels, ignores } = options
  const severity = levels['unused-ignore'] ?? ruleLevels['unused-ignore']
  if (severity === 'off') return []
  return ignores.flatMap((ignore) => {
    const message = describeUse(ignore, matched.has(ignore), options)
    if (message === undefined) return []
    const { policyFile: file, policyLine: line, package: name, version } = ignore
    const hint = 'take it out of the policy, or look at what it is about and give it another date'
    return [{ rule: 'unused-ignore', severity, message, hint, file, line, package: name, version }]
  })
}

function describeUse(
  ignore: Ignore,
  isMatched: boolean,
  options: IgnoreOptions,
): string | undefined {
  const isOwn = ignore.policyFile === options.policyFile
  const title = formatIgnore(ignore)
  if (isExpired(ignore, options) && (isOwn || isMatched)) {
    return `the ignore of ${title} expired on ${ignore.until} and is not applied`
  }
  const isJudged = options.judged(ignore.rule) && !options.isPartial
  return isMatched || !isOwn || !isJudged ? undefined : `the ignore of ${title} matches nothing`
}

function formatIgnore({ rule, package: name, version, file }: Ignore): string {
  const what = name === undefined || version === undefined ? name : `${name}@${version}`
  return [
    rule,
    what === undefined ? '' : ` for ${what}`,
    file === undefined ? '' : ` in ${file}`,
  ].join('')
}
