import type { Finding } from '../finding.ts'

/**
 * A hash for each finding that stays the same while the lines around it move, so that services which
 * compare runs know it again. Findings that would have the same are numbered.
 *
 * Of a package, what says which one it is counts; of anything else the message, without the lines
 * that it names.
 */
export function createFingerprints(
  findings: readonly Finding[],
  digest: (text: string) => string,
): readonly string[] {
  const seen = new Map<string, number>()
  return findings.map((finding) => {
    const identity = JSON.stringify(identify(finding))
    const number = seen.get(identity) ?? 0
    seen.set(identity, number + 1)
    return digest(`${identity}#${number}`)
  })
}

function identify({ rule, file, package: name, version, message }: Finding): readonly unknown[] {
  if (name !== undefined) return [rule, file, name, version ?? null]
  return [rule, file, message.replace(/:\d+(?=\)|$)/g, '')]
}
