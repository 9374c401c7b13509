import { escapeForTerminal } from './escape.ts'
import type { Paint } from './paint.ts'
import type { ReportedClient, ReportedPackage, ReportedRoute, Verdict } from './report.ts'

/** One section per lockfile, one line per `@jsr` package in it. */
export function renderPackages(
  packages: readonly ReportedPackage[],
  paint: Paint,
): readonly string[][] {
  const files = new Map<string, string[]>()
  for (const locked of packages) {
    const lines = files.get(locked.lockfile) ?? [`${escapeForTerminal(locked.lockfile)} locks`]
    lines.push(renderPackage(locked, paint))
    files.set(locked.lockfile, lines)
  }
  return [...files.values()]
}

/** Where the clients go for `@jsr`; of several projects, those with the same route share a line. */
export function renderRoutes(clients: readonly ReportedClient[]): readonly string[] {
  const routes = new Map<string, number>()
  for (const client of clients) {
    const line = renderRoute(client)
    routes.set(line, (routes.get(line) ?? 0) + 1)
  }
  const isMany = clients.some(({ project }) => project !== undefined)
  return Array.from(routes, ([line, count]) => {
    return isMany ? `${line}, in ${count === 1 ? '1 project' : `${count} projects`}` : line
  })
}

function renderRoute({ name, version, route }: ReportedClient): string {
  const client = version === undefined ? name : `${name} ${version}`
  return `${escapeForTerminal(client)} asks ${formatRoute(route)} for @jsr`
}

function renderPackage(locked: ReportedPackage, paint: Paint): string {
  const { alias, name, jsr, version } = locked
  const isPlain = alias === jsr || alias === name
  const what = [isPlain ? alias : `${alias} = ${name}`, version ?? 'of no version']
  const verdict = verdictColor[locked.verdict](paint)(locked.verdict.padEnd(8))
  return `  ${verdict}${escapeForTerminal(what.join(' '))}  ${formatSource(locked)}`
}

const verdictColor: Readonly<Record<Verdict, (paint: Paint) => (text: string) => string>> = {
  private: (paint) => paint.green,
  direct: (paint) => paint.red,
  foreign: (paint) => paint.red,
  unknown: (paint) => paint.yellow,
}

function formatSource({ source, route }: ReportedPackage): string {
  if (route !== undefined) return `judged from the route ${formatRoute(route)}`
  return source === undefined ? 'of no source' : escapeForTerminal(source)
}

function formatRoute({ url, from }: ReportedRoute): string {
  return escapeForTerminal(`${url ?? 'no web address'} (${from})`)
}
