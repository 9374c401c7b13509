import type { RuleLevels } from '../config/policy-file.ts'
import { ruleLevels, type Finding, type Severity } from '../finding.ts'
import type { JudgedContext, Rule, RuleFinding } from './rule.ts'
import { rules } from './rules.ts'

/**
 * Runs every rule that is not `off`, and returns what they find by file, line, rule and package.
 *
 * A level of the policy goes before the severity that a rule gives a finding. A rule that throws
 * is a bug and stops the run: it must never look like a pass.
 */
export function evaluate(judged: JudgedContext, levels: RuleLevels): Finding[] {
  return rules
    .filter(({ id }) => levels[id] !== 'off')
    .flatMap((rule) =>
      Array.from(rule.check(judged), (found) => createFinding(rule, found, levels)),
    )
    .toSorted(compareFindings)
}

function createFinding({ id }: Rule, found: RuleFinding, levels: RuleLevels): Finding {
  return {
    rule: id,
    severity: levelOf(levels[id]) ?? found.severity ?? ruleLevels[id],
    message: found.message,
    hint: found.hint,
    file: found.file,
    line: found.line,
    package: found.package,
    version: found.version,
  }
}

function levelOf(level: RuleLevels[keyof RuleLevels]): Severity | undefined {
  return level === 'off' ? undefined : level
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareTexts(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compareTexts(a.rule, b.rule) ||
    compareTexts(a.package ?? '', b.package ?? '') ||
    compareTexts(a.message, b.message)
  )
}

/** By code unit: the same on every machine. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
