import type { RequestKind } from './exchange.ts'

/** What the gateway counts of itself. */
export interface Metrics {
  /** Adds one to a counter; the labels are of the gateway's own making, never a client's text. */
  readonly count: (name: CounterName, labels?: string) => void
  /** Adds one to the requests. */
  readonly countRequest: (kind: RequestKind, status: number) => void
  /** Notes how long an answer took, in seconds. */
  readonly observe: (seconds: number) => void
  /** All of it in Prometheus' text format, with these gauges. */
  readonly render: (gauges: Readonly<Record<string, number>>) => string
}

/** What each counter counts. */
const counters = {
  requests_total: 'Requests by kind and status.',
  upstream_requests_total: 'Requests to JSR by outcome.',
  cache_total: 'Packuments and tarballs by where they came from.',
  integrity_mismatches_total: 'Bodies from JSR that did not have the hash they should, cut off.',
  integrity_changes_total: 'Versions whose hash changed at JSR after it was first seen.',
  pins_total: 'Versions pinned by this process.',
  store_failures_total: 'Failures of the store.',
  refused_total: 'Requests refused by the policy.',
} as const

/** One of the counters. */
type CounterName = keyof typeof counters
type Counts = Map<CounterName, Map<string, number>>

const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10]
const prefix = 'jsr_guard_gateway_'

/** Everything at zero. */
export function createMetrics(): Metrics {
  const counts: Counts = new Map()
  const labelsOf = createRequestLabels()
  const durations = { counts: buckets.map(() => 0), total: 0, sum: 0 }
  const count: Metrics['count'] = (name, labels = '') => {
    let series = counts.get(name)
    if (series === undefined) counts.set(name, (series = new Map()))
    series.set(labels, (series.get(labels) ?? 0) + 1)
  }
  return {
    count,
    countRequest: (kind, status) => count('requests_total', labelsOf(kind, status)),
    observe(seconds) {
      durations.total += 1
      durations.sum += seconds
      const index = buckets.findIndex((bound) => seconds <= bound)
      if (index !== -1) durations.counts[index] = (durations.counts[index] ?? 0) + 1
    },
    render(gauges) {
      const lines = [
        ...renderCounters(counts),
        ...renderDurations(durations),
        ...Object.entries(gauges).flatMap(([name, value]) => [
          `# TYPE ${prefix}${name} gauge`,
          `${prefix}${name} ${value}`,
        ]),
      ]
      return `${lines.join('\n')}\n`
    },
  }
}

/** Text that is made for each request would be hashed for each one too. */
function createRequestLabels(): (kind: RequestKind, status: number) => string {
  const known: Record<RequestKind, Map<number, string>> = {
    packument: new Map(),
    tarball: new Map(),
    service: new Map(),
    refused: new Map(),
  }
  return (kind, status) => {
    const found = known[kind].get(status)
    if (found !== undefined) return found
    const labels = `kind="${kind}",status="${status}"`
    known[kind].set(status, labels)
    return labels
  }
}

function renderCounters(counts: Counts): string[] {
  return Object.entries(counters).flatMap(([name, help]) => {
    const series = counts.get(name as CounterName) ?? new Map([['', 0]])
    return [
      `# HELP ${prefix}${name} ${help}`,
      `# TYPE ${prefix}${name} counter`,
      ...Array.from(series, ([labels, value]) => {
        return `${prefix}${name}${labels === '' ? '' : `{${labels}}`} ${value}`
      }),
    ]
  })
}

interface Durations {
  readonly counts: readonly number[]
  readonly total: number
  readonly sum: number
}

function renderDurations({ counts, total, sum }: Durations): string[] {
  const name = `${prefix}request_duration_seconds`
  let below = 0
  return [
    `# HELP ${name} How long answers took, until their body began.`,
    `# TYPE ${name} histogram`,
    ...counts.map((count, index) => {
      below += count
      return `${name}_bucket{le="${buckets[index]}"} ${below}`
    }),
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_sum ${sum}`,
    `${name}_count ${total}`,
  ]
}
