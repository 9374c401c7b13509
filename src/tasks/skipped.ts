import type { RuleLevels } from '../config/policy-file.ts'
import { ruleLevels, type RuleId } from '../finding.ts'
import { unusedIgnore } from '../policy/ignore.ts'
import { rules } from '../policy/rules.ts'
import type { Project } from '../project/load.ts'
import type { LoadedPolicy } from '../project/policy.ts'
import type { SkippedRule } from '../report/report.ts'

/** What decides about what is left out. */
export interface SkipOptions {
  readonly project: Pick<Project, 'leftOut'>
  readonly policy: Pick<LoadedPolicy, 'levels' | 'file'>
  /** Levels of rules, over the policy's. */
  readonly levels: RuleLevels
}

/** Everything that a check does not judge, with the reason. */
export function listSkippedRules({ project, policy, levels }: SkipOptions): SkippedRule[] {
  const ids = Object.keys(ruleLevels).filter((id): id is RuleId => Object.hasOwn(ruleLevels, id))
  return [
    ...ids.flatMap((rule) => {
      const reason = detectReason(rule, { policy, levels })
      return reason === undefined ? [] : [{ rule, reason }]
    }),
    ...project.leftOut.map((file) => ({
      rule: 'unknown-source' as const,
      reason: `${file} was left out by --client`,
    })),
  ]
}

function detectReason(
  rule: RuleId,
  { policy, levels }: Omit<SkipOptions, 'project'>,
): string | undefined {
  if (levels[rule] === 'off') return 'switched off by --severity'
  if (levels[rule] === undefined && policy.levels[rule] === 'off') {
    return `switched off by ${policy.file ?? 'the policy'}`
  }
  if (networkRules.has(rule)) return 'it would take asking the registry'
  return [...rules, unusedIgnore].some(({ id }) => id === rule)
    ? undefined
    : 'not in this version of jsr-guard yet'
}

/** Rules about what the registry does, not about what the project says. */
const networkRules: ReadonlySet<RuleId> = new Set([
  'not-served',
  'leaky-registry',
  'redirects-to-jsr',
  'not-from-jsr',
  'integrity-mismatch',
  'revision-drift',
  'too-new',
])
