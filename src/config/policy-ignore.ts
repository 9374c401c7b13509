import type { Node } from 'jsonc-parser'
import { ruleLevels, type RuleId } from '../finding.ts'
import {
  formatNearest,
  listItems,
  readFields,
  readString,
  type PolicyDocument,
} from './policy-document.ts'

/** Findings that the policy takes note of and lets pass. */
export interface Ignore {
  readonly rule: RuleId
  /** As the finding names it; `undefined` stands for all. */
  readonly package: string | undefined
  /** As the finding names it; `undefined` stands for all. */
  readonly version: string | undefined
  /** Path relative to the project; `undefined` stands for all. */
  readonly file: string | undefined
  readonly reason: string
  /** `YYYY-MM-DD`, the last day on which it is applied, in UTC; `undefined` where it does not end. */
  readonly until: string | undefined
  /** The policy that holds it. */
  readonly policyFile: string
  /** 1-based line in the policy. */
  readonly policyLine: number
}

const keys = ['rule', 'package', 'version', 'file', 'reason', 'until'] as const

/** Reads the list of what is ignored. */
export function readIgnores(node: Node | undefined, document: PolicyDocument): Ignore[] {
  if (node === undefined) return []
  const items = listItems(node, { what: '"ignore" must be a list', fail: document.fail })
  return items.map((item) => readIgnore(item, document))
}

function readIgnore(node: Node, { file: policyFile, fail, lineAt }: PolicyDocument): Ignore {
  const fields = readFields(node, keys, { what: 'each of "ignore"', fail })
  const text = (key: (typeof keys)[number]): string | undefined => {
    const value = fields.get(key)
    if (value === undefined) return undefined
    const found = readString(value, { what: `"${key}"`, fail })
    if (found.trim() === '') throw fail(value.offset, `"${key}" is empty`)
    return found
  }
  const reason = text('reason')
  if (reason === undefined) {
    throw fail(
      node.offset,
      'an ignore has no "reason"',
      'say why it may pass, for who reads it next',
    )
  }
  const until = text('until')
  if (until !== undefined && !isDate(until)) {
    const at = fields.get('until')?.offset ?? node.offset
    throw fail(at, `${JSON.stringify(until)} is no date`, 'write it as 2027-01-31')
  }
  const scope = { package: text('package'), version: text('version'), file: text('file') }
  if (scope.package === undefined && scope.file === undefined) {
    const hint = 'to turn a whole rule off, use "rules"'
    throw fail(node.offset, 'an ignore names neither "package" nor "file"', hint)
  }
  const policyLine = lineAt(node.offset)
  return {
    rule: readRule(fields.get('rule'), node, fail),
    ...scope,
    reason,
    until,
    policyFile,
    policyLine,
  }
}

/** Rules that an ignore can't be about. */
const insisted: ReadonlySet<RuleId> = new Set(['unused-ignore'])

function readRule(node: Node | undefined, parent: Node, fail: PolicyDocument['fail']): RuleId {
  if (node === undefined) throw fail(parent.offset, 'an ignore has no "rule"')
  const id = readString(node, { what: '"rule"', fail })
  if (!isRuleId(id)) {
    const hint = formatNearest(id, Object.keys(ruleLevels))
    throw fail(node.offset, `there is no rule ${JSON.stringify(id)}`, hint)
  }
  if (!insisted.has(id)) return id
  throw fail(node.offset, `${id} can't be ignored`, 'take out the ignore that it speaks of')
}

function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(ruleLevels, text)
}

/** A day that there is: `new Date` makes 1 March of 29 February. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
