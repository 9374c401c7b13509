import { compareHashes, findSha512 } from '../policy/hashes.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import type { PackageProbes, Probe, RegistryProbes, VersionProbes } from './probes.ts'
import type { AdviceTopic } from './product.ts'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly id: CheckId
  /** `unknown`: it could not be told, which is no pass. */
  readonly status: 'pass' | 'warning' | 'fail' | 'unknown'
  /** What was seen. */
  readonly message: string
  /** What the advice for it is about; `undefined` where there is none to give. */
  readonly topic: AdviceTopic | undefined
}

/** The id of a check, as reports print it. */
type CheckId =
  | 'reachable'
  | 'access'
  | 'metadata'
  | 'plain-path'
  | 'tarballs'
  | 'two-versions'
  | 'head'
  | 'fall-through'
  | 'public-packages'
  | 'origin'
  | 'freshness'

/**
 * What a registry's answers come to, in the order in which one would put it right. Where one check
 * leaves nothing to look at for the next ones, they are left out.
 */
export function examineProbes(probes: RegistryProbes): DoctorCheck[] {
  const reachable = checkReachable(probes)
  if (reachable.status !== 'pass') return [reachable]
  const access = checkAccess(probes)
  if (access.status !== 'pass') return [reachable, access]
  const metadata = checkMetadata(probes)
  const isServed = metadata.status === 'pass'
  return [
    reachable,
    access,
    metadata,
    ...(isServed ? checkPackage(probes.package) : []),
    checkFallThrough(probes),
    checkPublicPackages(probes),
    ...(isServed ? checkFreshness(probes.package) : []),
  ]
}

function checkReachable({ root, ping, package: { encoded } }: RegistryProbes): DoctorCheck {
  const asked = [encoded, root, ping]
  if (asked.some((probe) => probe.type !== 'failed' && !isBroken(probe))) {
    return pass('reachable', 'it answers')
  }
  return { id: 'reachable', status: 'unknown', message: describeProbe(encoded), topic: undefined }
}

function isBroken(probe: Probe): boolean {
  return probe.type === 'answered' && probe.status >= 500
}

function checkAccess({ hasCredentials, package: { encoded } }: RegistryProbes): DoctorCheck {
  if (encoded.type !== 'answered' || (encoded.status !== 401 && encoded.status !== 403)) {
    return pass('access', hasCredentials ? 'it lets us in, with credentials' : 'it lets us in')
  }
  const reason = hasCredentials
    ? 'does not accept the credentials that are configured'
    : 'wants credentials, and none are configured'
  const message = `it ${reason} (HTTP ${encoded.status})`
  return { id: 'access', status: 'unknown', message, topic: 'credentials' }
}

function checkMetadata({ package: { name, encoded, metadata } }: RegistryProbes): DoctorCheck {
  if (encoded.type === 'failed' || isBroken(encoded)) {
    const message = `it could not be asked for ${name}: ${describeProbe(encoded)}`
    return { id: 'metadata', status: 'unknown', message, topic: undefined }
  }
  if (metadata !== undefined) {
    return pass('metadata', `it serves the metadata of ${name}: ${metadata.versions} versions`)
  }
  const isGood = encoded.type === 'answered' && encoded.status === 200
  const message = isGood
    ? `what it serves as the metadata of ${name} is none`
    : `it does not serve ${name}: ${describeProbe(encoded)}`
  return { id: 'metadata', status: 'fail', message, topic: 'upstream' }
}

function checkPackage(probes: PackageProbes): DoctorCheck[] {
  return [
    checkPlainPath(probes),
    checkTarballs(probes),
    ...checkTwoVersions(probes),
    ...checkHead(probes),
    ...checkOrigin(probes),
  ]
}

function checkPlainPath({ plain, plainMetadata, metadata }: PackageProbes): DoctorCheck {
  if (
    plainMetadata?.newest === metadata?.newest &&
    plainMetadata?.versions === metadata?.versions
  ) {
    return pass('plain-path', 'it says the same for a plain slash in the name')
  }
  const detail = plainMetadata === undefined ? describeProbe(plain) : 'it has other versions there'
  const message = `it does not say the same for a plain slash in the name: ${detail}`
  return { id: 'plain-path', status: 'warning', message, topic: undefined }
}

function checkTarballs({ versions }: PackageProbes): DoctorCheck {
  const faults = versions.map((probes) => ({ ...judgeTarball(probes), version: probes.version }))
  const fault =
    faults.find(({ status }) => status === 'fail') ??
    faults.find(({ status }) => status === 'unknown')
  if (versions.length === 0) {
    const message = 'there is no version whose tarball could be asked for'
    return { id: 'tarballs', status: 'unknown', message, topic: 'upstream' }
  }
  if (fault === undefined) return pass('tarballs', 'it serves tarballs, with the hashes it names')
  const message = `${fault.version}: ${fault.message}`
  return { id: 'tarballs', status: fault.status, message, topic: 'upstream' }
}

function judgeTarball(probes: VersionProbes): Pick<DoctorCheck, 'status' | 'message'> {
  const { tarball, isPrivate, get, named, bytes } = probes
  if (tarball === undefined) return fail('its metadata names no tarball')
  if (isJsrHost(tarball.hostname)) return fail(`its metadata leads to JSR itself, ${tarball.host}`)
  if (!isPrivate) {
    return fail(`its metadata leads to ${tarball.origin}, which the policy does not name`)
  }
  if (get === undefined) return { status: 'unknown', message: 'its tarball was not asked for' }
  if (get.type === 'failed' || isBroken(get)) {
    return { status: 'unknown', message: `its tarball could not be fetched: ${describeProbe(get)}` }
  }
  if (get.type !== 'answered' || get.status >= 300) {
    return fail(`it has the metadata, and not the tarball: ${describeProbe(get)}`)
  }
  return compareHashes(named, bytes ?? []) === 'different'
    ? fail('its tarball has not the hash that its metadata names')
    : { status: 'pass', message: '' }
}

function fail(message: string): Pick<DoctorCheck, 'status' | 'message'> {
  return { status: 'fail', message }
}

/** A registry that reads no version from the file's name may give out one file for all. */
function checkTwoVersions({ versions }: PackageProbes): DoctorCheck[] {
  const [first, second] = versions.map(({ bytes }) => findSha512(bytes ?? []))
  if (first === undefined || second === undefined) return []
  if (first !== second) return [pass('two-versions', 'two versions are two files')]
  const names = versions.map(({ version }) => version).join(' and ')
  const message = `it serves one file as ${names}`
  return [{ id: 'two-versions', status: 'fail', message, topic: 'upstream' }]
}

function checkHead({ head, versions }: PackageProbes): DoctorCheck[] {
  const asked = [head, ...versions.flatMap((probes) => probes.head ?? [])]
  const bad = asked.find((probe) => probe.type !== 'answered' || probe.status >= 300)
  if (bad === undefined) return [pass('head', 'it answers HEAD as it does GET')]
  const message = `it does not answer HEAD as it does GET: ${describeProbe(bad)}; another registry in front of it may need that`
  return [{ id: 'head', status: 'warning', message, topic: undefined }]
}

function checkOrigin({ name, versions }: PackageProbes): DoctorCheck[] {
  const marks = versions.flatMap((probes) => probes.marks)
  const certain = marks.filter(({ sureness }) => sureness === 'certain')
  const seen = Array.from(new Set((certain.length > 0 ? certain : marks).map(({ what }) => what)))
  if (seen.length === 0) return [pass('origin', `nothing about ${name} is unlike JSR`)]
  const sureness = certain.length > 0 ? 'certainly' : 'probably'
  const message = `what it serves as ${name} was ${sureness} not made by JSR: ${seen.join(', ')}`
  return [
    { id: 'origin', status: certain.length > 0 ? 'fail' : 'warning', message, topic: 'scope' },
  ]
}

function checkFallThrough({ unknownPackage }: RegistryProbes): DoctorCheck {
  const create = (status: DoctorCheck['status'], message: string): DoctorCheck => ({
    id: 'fall-through',
    status,
    message,
    topic: status === 'pass' ? undefined : 'scope',
  })
  if (unknownPackage.type === 'answered') {
    const { status } = unknownPackage
    if (status === 404 || status === 410) {
      return create('pass', 'for an @jsr name that nobody has it says so')
    }
    if (status < 300) return create('fail', 'it serves an @jsr name that nobody has')
  }
  if (
    unknownPackage.type === 'redirected-to-public' ||
    unknownPackage.type === 'redirected-to-jsr'
  ) {
    const { host } = unknownPackage.to
    return create('fail', `it sends whoever asks for an @jsr name that it has not got to ${host}`)
  }
  const message = `what it does with an @jsr name that nobody has can't be told: ${describeProbe(unknownPackage)}`
  return create('warning', message)
}

function checkPublicPackages({ publicPackage }: RegistryProbes): DoctorCheck {
  const isServed =
    publicPackage.type === 'redirected-to-public' ||
    (publicPackage.type === 'answered' && publicPackage.status < 300)
  if (!isServed) return pass('public-packages', 'it serves no packages of the public registry')
  const message =
    'it serves packages of the public registry too, where a look-alike of an @jsr name could be published'
  return { id: 'public-packages', status: 'warning', message, topic: 'scope' }
}

function checkFreshness({ name, metadata }: PackageProbes): DoctorCheck[] {
  if (metadata?.newest === undefined) return []
  const when = metadata.newestAt === undefined ? '' : ` of ${metadata.newestAt}`
  return [
    pass('freshness', `the newest version of ${name} that it has is ${metadata.newest}${when}`),
  ]
}

function pass(id: CheckId, message: string): DoctorCheck {
  return { id, status: 'pass', message, topic: undefined }
}

/** What came of asking, in a few words. */
function describeProbe(probe: Probe): string {
  switch (probe.type) {
    case 'answered':
      return `HTTP ${probe.status}`
    case 'redirected-to-jsr':
      return `it redirects to JSR itself, ${probe.to.host}`
    case 'redirected-to-public':
      return `it redirects to the public registry, ${probe.to.host}`
    case 'failed':
      return probe.reason
  }
}
