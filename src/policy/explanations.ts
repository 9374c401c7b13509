import type { RuleId } from '../finding.ts'
import { unusedIgnore } from './ignore.ts'
import { networkRules } from './network-rules.ts'
import type { RuleText } from './rule.ts'
import { rules } from './rules.ts'

/** What `jsr-guard explain` says of a rule; every id has a text. */
export function explainRule(id: RuleId): RuleText {
  const checked = [...rules, unusedIgnore].find((rule) => rule.id === id)
  return checked ?? networkRules[id] ?? unexplained
}

/** Never printed: a test holds the list and the ids together. */
const unexplained: RuleText = { summary: '', explanation: '' }
