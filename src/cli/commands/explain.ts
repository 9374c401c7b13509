import { JsrGuardError } from '../../errors.ts'
import { ruleLevels } from '../../finding.ts'
import { explainRule } from '../../policy/explanations.ts'
import type { Invocation } from '../commands.ts'
import { parseRuleId } from '../settings.ts'

/** Prints what a rule means and how to satisfy it. */
export async function run({ arguments: args, context }: Invocation): Promise<number> {
  const [name, ...more] = args
  if (name === undefined || more.length > 0) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', 'explain takes the id of one rule', {
      hint: `the rules are: ${Object.keys(ruleLevels).join(', ')}`,
    })
  }
  const rule = parseRuleId(name)
  const { summary, explanation } = explainRule(rule)
  context.stdout.write(`${rule} (${ruleLevels[rule]})\n${summary}\n\n${explanation}\n`)
  return 0
}
