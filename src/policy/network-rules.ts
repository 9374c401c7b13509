import type { RuleId } from '../finding.ts'
import type { RuleText } from './rule.ts'

const byVerify =
  'jsr-guard verify judges it: it asks the private registry about every @jsr package that is locked, and nobody else. jsr-guard check uses no network, so it does not.'

const byInstall =
  'jsr-guard verify judges it, and so does jsr-guard install before anything is fetched. jsr-guard check uses no network, so it does not.'

const pinned =
  'The hash that a version was seen with first can be kept in jsr-guard.lock.json, which jsr-guard lock-hashes writes and jsr-guard verify reads. With --tarballs the bytes are fetched and hashed, whatever the metadata says.'

/** Rules about what the registry does, which its answers are judged by. */
export const networkRules: Readonly<Partial<Record<RuleId, RuleText>>> = {
  'not-served': {
    summary: 'The private registry has every @jsr package and version that is locked.',
    explanation: `A lockfile may name the private registry and the registry may still not have the package: then the install fails, on a day when the client's cache is empty. A version that the registry lists no more, while its tarball is still there, was most likely yanked by its author.

${byInstall} jsr-guard doctor says what to do about it for the product in use.`,
  },
  'leaky-registry': {
    summary: "The private registry's metadata points at its own tarballs.",
    explanation: `Some registries pass on JSR's metadata as it is, with addresses of tarballs on JSR. Clients follow them, so the package is asked for at the right place and fetched from the wrong one.

${byInstall} The lockfile that comes of such an answer is judged by check: see direct-resolution.`,
  },
  'redirects-to-jsr': {
    summary: 'The private registry serves tarballs itself and does not redirect to JSR.',
    explanation: `A registry may answer with a redirect to JSR. No lockfile shows it: the address in there is the registry's own, and every client follows the redirect. A redirect to a storage host is none of this: many products keep their files there, and the hash in the lockfile pins them.

${byInstall} The client's way out refuses JSR's hosts as well, so that a redirect stops the run.`,
  },
  'not-from-jsr': {
    summary: 'What the registry serves as @jsr was made by JSR.',
    explanation: `A registry that has another one open to everyone among its upstreams may serve somebody's look-alike under an @jsr name. JSR makes its tarballs itself, so they have much in common, and a package of the public registry is told from them by what JSR never writes.

Certainly not made by JSR: signatures or attestations of the public registry (dist.signatures, dist.attestations, dist.npm-signature), _npmOperationalInternal, an install script, bin, and, with --tarballs, a package.json without _jsr_revision.

Probably not made by JSR: _npmUser, dist.fileCount, and, with --tarballs, another homepage than the package's page on jsr.io. A product that companies publish their copies to may add these; jsr-guard lock-hashes --tarballs puts the hash into the ledger with JSR's revision, and a version whose hash is there is let be.

Says nothing: _id, _rev, maintainers, readme and what the publishing npm adds, since every product writes them on what is published to it again.

The reverse is not proved: somebody who means to deceive leaves all of that out, and can write a _jsr_revision. Only the hash that JSR published, from the ledger or from a gateway that pins, tells for certain that a file is JSR's.

${byVerify}`,
  },
  'integrity-mismatch': {
    summary: 'Lockfile and registry name the same hash.',
    explanation: `The hash in the lockfile and the one that the private registry names differ, or that of the ledger does. Either the lockfile or the registry has another file than the one that was reviewed. Where they have no algorithm in common, it can't be told, and is reported likewise.

${pinned}

${byVerify}`,
  },
  'revision-drift': {
    summary: 'Lockfile and registry have the same revision of a JSR version.',
    explanation: `JSR makes the tarball of a version anew now and then, and the hash changes with it. Lockfile and registry then differ though nobody tampered with either. It is told from tampering by the ledger alone: both hashes are in it, each with a revision of its own. A revision that only the registry's file claims is worth nothing, since anybody can write a number.

${pinned} jsr-guard lock-hashes --accept-revisions takes a new revision in, for a person to review.

${byVerify}`,
  },
  'too-new': {
    summary: 'No version is younger than the policy allows.',
    explanation: `Most malicious versions are found out within days. The policy's "minimumAgeDays" keeps versions out that were published less than that ago, by the private registry's own account of the time. A registry that gives none is reported as well.

${byVerify}`,
  },
}
