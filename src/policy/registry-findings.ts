import { ruleLevels, type Finding, type RuleId, type RuleLevel } from '../finding.ts'
import type { RegistryFact } from './registry-facts.ts'
import { judgeServed, type Said, type ServedPolicy } from './served-findings.ts'

/**
 * What the registry's answers have to say: `redirects-to-jsr`, `leaky-registry`, `not-served`,
 * `foreign-resolution`, and, for versions that were looked at, those of the `policy`.
 *
 * Answers of which nothing can be said are no findings and no pass either: the caller ends with
 * "could not tell".
 */
export function evaluateFacts(
  facts: readonly RegistryFact[],
  levels: Readonly<Partial<Record<RuleId, RuleLevel>>>,
  policy: ServedPolicy = noPolicy,
): Finding[] {
  return facts.flatMap((fact) => {
    const { file, line, package: name, version } = fact
    return describe(fact, policy).flatMap((said) => {
      const severity = levels[said.rule] ?? ruleLevels[said.rule]
      if (severity === 'off') return []
      return [{ ...said, severity, file, line, package: name, version }]
    })
  })
}

const noPolicy: ServedPolicy = { knownHashes: () => [], minimumAgeDays: undefined, nowMs: 0 }

function describe(fact: RegistryFact, policy: ServedPolicy): readonly Said[] {
  const { answer, package: name, version } = fact
  const label = version === undefined ? name : `${name}@${version}`
  switch (answer.type) {
    case 'redirected-to-jsr':
      return [describeRedirect(label, answer)]
    case 'redirected-to-public':
      return [describeForeign(label, `${answer.from.host} redirects to ${answer.to.host} for`)]
    case 'elsewhere': {
      const { registry, tarball } = answer
      const what = `${registry.host} says that a place that the policy does not name, ${tarball.host}, has`
      return [describeForeign(label, what, tarball)]
    }
    case 'leaked':
      return [describeLeak(label, answer)]
    case 'missing':
      return [describeMissing(label, answer)]
    case 'described':
      return judgeServed(fact, answer, policy)
    case 'served':
    case 'unknown':
      return []
  }
}

type Answer<Type extends RegistryFact['answer']['type']> = Extract<
  RegistryFact['answer'],
  { readonly type: Type }
>

function describeRedirect(label: string, { from, to }: Answer<'redirected-to-jsr'>): Said {
  return {
    rule: 'redirects-to-jsr',
    message: `${from.host} redirects to ${to.host} instead of serving ${label}`,
    hint: 'let the registry fetch and serve the tarballs of JSR itself, in place of redirecting',
  }
}

function describeForeign(label: string, what: string, tarball?: URL): Said {
  return {
    rule: 'foreign-resolution',
    message: `${what} ${label}`,
    hint:
      tarball === undefined
        ? 'let the registry serve @jsr itself, and hand nothing of it on'
        : `if ${tarball.origin} is the registry's own, name it in the policy: "tarballs": ["${tarball.origin}/"]`,
  }
}

function describeLeak(label: string, { registry, tarball }: Answer<'leaked'>): Said {
  return {
    rule: 'leaky-registry',
    message: `${registry.host} says that ${label} is to be fetched from ${tarball.host}`,
    hint: 'let the registry rewrite the tarball addresses of its upstream to its own',
  }
}

function describeMissing(label: string, { url, status, isUnlisted }: Answer<'missing'>): Said {
  const detail = status === undefined ? '' : ` (HTTP ${status})`
  return {
    rule: 'not-served',
    message:
      isUnlisted === true
        ? `${url.host} lists ${label} no more, though its tarball is still there: it may have been yanked`
        : `${url.host} does not have ${label}${detail}`,
    hint: 'make JSR an upstream of the registry, or mirror the package into it',
  }
}
