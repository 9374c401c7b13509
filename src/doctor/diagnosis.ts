import type { Finding } from '../finding.ts'
import type { ReportedClient } from '../report/report.ts'
import type { DoctorCheck } from './checks.ts'
import type { AdviceTopic, ProductId, Sureness } from './product.ts'
import type { DetectedProduct } from './products.ts'
import type { InferredModel } from './upstream-model.ts'

/**
 * What the doctor found, as `--json` prints it. Within a `schemaVersion` fields are added, never
 * removed. URLs come without credentials and queries; other texts may hold hostile characters.
 */
export interface Diagnosis {
  readonly schemaVersion: 1
  /** Version of jsr-guard. */
  readonly version: string
  /** Absolute path of the project. */
  readonly root: string
  /** The private registry; `undefined` where none is known. */
  readonly registry: string | undefined
  /** Where each client goes for `@jsr`, and why. */
  readonly clients: readonly ReportedClient[]
  readonly product: ReportedProduct | undefined
  readonly model: InferredModel | undefined
  readonly checks: readonly DoctorCheck[]
  readonly advice: readonly Advice[]
  /** What `check` has to say. */
  readonly findings: readonly Finding[]
  readonly isProtected: boolean
  /** The first thing to do; `undefined` where there is nothing. */
  readonly next: string | undefined
}

/** The product that the registry was taken for. */
interface ReportedProduct {
  readonly id: ProductId
  readonly name: string
  readonly sureness: Exclude<Sureness, 'possible'>
  readonly evidence: readonly string[]
}

/** What to do about the checks of one topic. */
export interface Advice {
  readonly topic: AdviceTopic
  readonly steps: readonly string[]
}

/** What to do, for every topic that a check has something to say on. */
export function listAdvice(
  checks: readonly DoctorCheck[],
  detected: DetectedProduct | undefined,
): Advice[] {
  const topics = new Set(
    checks.flatMap(({ status, topic }) => (status === 'pass' ? [] : (topic ?? []))),
  )
  return Array.from(topics, (topic) => ({
    topic,
    steps: detected?.product.advice[topic](detected.place) ?? generalAdvice[topic],
  }))
}

/** For a registry whose product is not known. */
const generalAdvice: Readonly<Record<AdviceTopic, readonly string[]>> = {
  credentials: [
    'put its token into .npmrc, by the name of a variable: //host/path/:_authToken=${NPM_TOKEN}',
  ],
  upstream: [
    'make https://npm.jsr.io an upstream of the registry, for the scope @jsr alone',
    'where it then has the metadata and not the tarballs, put jsr-guard gateway in between; where it can have no upstream, publish the packages to it',
  ],
  scope: [
    'let the registry take the scope @jsr from JSR alone, and from no registry that is open to everyone',
  ],
}

/** The first thing to do: what is configured goes before what the registry does. */
export function chooseNext(
  { findings, checks, advice }: Pick<Diagnosis, 'findings' | 'checks' | 'advice'>,
  registry: string | undefined,
): string | undefined {
  if (registry === undefined) return 'name the private registry: jsr-guard init --registry URL'
  const finding = findings.find(({ severity }) => severity === 'error')
  if (finding !== undefined) return finding.hint ?? finding.message
  const check = checks.find(({ status }) => status === 'fail' || status === 'unknown')
  if (check === undefined) return undefined
  const step = advice.find(({ topic }) => topic === check.topic)?.steps[0]
  return step ?? `see why the registry could not be asked: ${check.message}`
}
