import { ruleLevels, type Finding, type RuleId, type RuleLevel } from '../finding.ts'
import type { RegistryFact } from './registry-facts.ts'

/**
 * What the registry's answers have to say: `redirects-to-jsr`, `leaky-registry` and `not-served`.
 *
 * Answers of which nothing can be said are no findings and no pass either: the caller ends with
 * "could not tell".
 */
export function evaluateFacts(
  facts: readonly RegistryFact[],
  levels: Readonly<Partial<Record<RuleId, RuleLevel>>>,
): Finding[] {
  return facts.flatMap((fact) => {
    const said = describe(fact)
    if (said === undefined) return []
    const severity = levels[said.rule] ?? ruleLevels[said.rule]
    if (severity === 'off') return []
    const { file, line, package: name, version } = fact
    return [{ ...said, severity, file, line, package: name, version }]
  })
}

type Said = Pick<Finding, 'rule' | 'message' | 'hint'>

function describe({ answer, package: name, version }: RegistryFact): Said | undefined {
  const label = version === undefined ? name : `${name}@${version}`
  switch (answer.type) {
    case 'redirected-to-jsr':
      return {
        rule: 'redirects-to-jsr',
        message: `${answer.from.host} redirects to ${answer.to.host} instead of serving ${label}`,
        hint: 'let the registry fetch and serve the tarballs of JSR itself, in place of redirecting',
      }
    case 'leaked':
      return {
        rule: 'leaky-registry',
        message: `${answer.registry.host} says that ${label} is to be fetched from ${answer.tarball.host}`,
        hint: 'let the registry rewrite the tarball addresses of its upstream to its own',
      }
    case 'missing':
      return {
        rule: 'not-served',
        message: `${answer.url.host} does not have ${label}${answer.status === undefined ? '' : ` (HTTP ${answer.status})`}`,
        hint: 'make JSR an upstream of the registry, or mirror the package into it',
      }
    case 'served':
    case 'unknown':
      return undefined
  }
}
