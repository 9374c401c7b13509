import type { RuleId } from '../finding.ts'
import { unusedIgnore } from './ignore.ts'
import type { RuleText } from './rule.ts'
import { rules } from './rules.ts'

/** What `jsr-guard explain` says of a rule; every id has a text, checked in this version or not. */
export function explainRule(id: RuleId): RuleText {
  const checked = [...rules, unusedIgnore].find((rule) => rule.id === id)
  return checked ?? plannedRules[id] ?? unexplained
}

/** Never printed: a test holds the list and the ids together. */
const unexplained: RuleText = { summary: '', explanation: '' }

const needsRegistry =
  'This version of jsr-guard does not check it yet. It is planned as part of jsr-guard verify, which asks the registry about every @jsr package; until then it is listed nowhere as passed.'

const partly =
  'This version checks it in jsr-guard install, which asks the registry about every @jsr package before anything is fetched. jsr-guard check uses no network, so it does not; jsr-guard verify, which will, is planned.'

/** Rules whose ids are public already, and which `check` in this version does not know. */
export const plannedRules: Readonly<Partial<Record<RuleId, RuleText>>> = {
  'not-served': {
    summary: 'The private registry has every @jsr package and version that is locked.',
    explanation: `A lockfile may name the private registry and the registry may still not have the package: then the install fails, on a day when the client's cache is empty.

${partly}`,
  },
  'leaky-registry': {
    summary: "The private registry's metadata points at its own tarballs.",
    explanation: `Some registries pass on JSR's metadata as it is, with addresses of tarballs on JSR. Clients follow them, so the package is asked for at the right place and fetched from the wrong one.

${partly} The lockfile that comes of such an answer is judged already: see direct-resolution.`,
  },
  'redirects-to-jsr': {
    summary: 'The private registry serves tarballs itself and does not redirect to JSR.',
    explanation: `A registry may answer with a redirect to JSR. No lockfile shows it: the address in there is the registry's own, and every client follows the redirect.

${partly} The client's way out refuses JSR's hosts as well, so that a redirect stops the run.`,
  },
  'not-from-jsr': {
    summary: 'What the registry serves as @jsr was made by JSR.',
    explanation: `JSR makes the tarballs of the scope @jsr itself, and they look alike: no install scripts, no maintainers, a revision in the manifest. A package with the marks of a public registry was published by somebody else under that name.

${needsRegistry}`,
  },
  'integrity-mismatch': {
    summary: 'Lockfile and registry name the same hash.',
    explanation: `The hash in the lockfile and the one that the private registry names differ. Either the lockfile or the registry has another file than the one that was reviewed.

${needsRegistry}`,
  },
  'revision-drift': {
    summary: 'Lockfile and registry have the same revision of a JSR version.',
    explanation: `JSR makes the tarball of a version anew now and then, and the hash changes with it. Lockfile and registry then differ though nobody tampered with either: both are known revisions of the same version.

${needsRegistry}`,
  },
  'too-new': {
    summary: 'No version is younger than the policy allows.',
    explanation: `Most malicious versions are found out within days. The policy's "minimumAgeDays" keeps versions out that were published less than that ago.

${needsRegistry}`,
  },
}
