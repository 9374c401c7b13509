// How long jsr-guard takes to read and judge a pnpm lockfile of 20,000 packages, beside what parsing
// it with the same YAML parser takes.
//
//     npm run build && node test/bench/check-pnpm.mjs [PACKAGES]
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { readPnpmLockfile } from '../../dist/lockfile/pnpm.js'
import { evaluate } from '../../dist/policy/evaluate.js'
import { judgeContext } from '../../dist/policy/judge.js'

// So that nobody pays for the garbage of the run before.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const count = Number(process.argv[2] ?? 20_000)
const registry = 'https://npm.corp.example/npm/'
const text = generateLockfile(count)

const route = {
  url: new URL(registry),
  text: registry,
  kind: 'scope',
  from: '.npmrc:1',
  file: '.npmrc',
  line: 1,
}
const client = { name: 'pnpm', version: '10.34.9', route, routeOf: () => route }

const parse = () => loadAll(text, { schema: CORE_SCHEMA })
const check = () => {
  const content = { type: 'read', lockfile: readPnpmLockfile(text) }
  const lockfile = { file: 'pnpm-lock.yaml', client: 'pnpm', isAuthoritative: true, content }
  const context = { registry: new URL(registry), isRegistryPinned: true, tarballs: [] }
  const judged = judgeContext({
    ...context,
    clients: [client],
    manifests: [],
    lockfiles: [lockfile],
  })
  const findings = evaluate(judged, {})
  if (findings.length > 0) throw new Error(JSON.stringify(findings[0]))
}

// One after the other, so that both meet the same weather; the medians count.
const times = { parse: [], check: [] }
for (let round = 0; round < 7; round += 1) {
  times.parse.push(measure(parse))
  times.check.push(measure(check))
}
const [parsing, checking] = [median(times.parse), median(times.check)]
const factor = checking / parsing
console.log(`${count} packages, ${(text.length / 1e6).toFixed(1)} MB`)
console.log(
  `parse ${parsing.toFixed(0)} ms, check ${checking.toFixed(0)} ms: ${factor.toFixed(2)} times`,
)
process.exitCode = factor <= 1.5 ? 0 : 1

function measure(work) {
  collectGarbage()
  const start = performance.now()
  work()
  return performance.now() - start
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** Every third package is JSR's, with a tarball in its layout below the registry. */
function generateLockfile(size) {
  const hash = `sha512-${'A'.repeat(86)}==`
  const nameOf = (index) => (index % 3 === 0 ? `@jsr/scope__name-${index}` : `name-${index}`)
  const quote = (key) => (key.startsWith('@') ? `'${key}'` : key)
  const packages = []
  const snapshots = []
  const dependencies = []
  for (let index = 0; index < size; index += 1) {
    const name = nameOf(index)
    const key = quote(`${name}@1.0.${index}`)
    const tarball = index % 3 === 0 ? `, tarball: ${registry}~/11/${name}/1.0.${index}.tgz` : ''
    packages.push(
      `  ${key}:\n    resolution: {integrity: ${hash}${tarball}}\n    engines: {node: '>=18'}\n`,
    )
    const next = [index * 2 + 1, index * 2 + 2].filter((other) => other < size)
    const lines = next.map((other) => `      ${quote(nameOf(other))}: 1.0.${other}\n`).join('')
    snapshots.push(next.length === 0 ? `  ${key}: {}\n` : `  ${key}:\n    dependencies:\n${lines}`)
    if (index === 0)
      dependencies.push(
        `      ${quote(name)}:\n        specifier: ^1.0.0\n        version: 1.0.0\n`,
      )
  }
  return [
    "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n",
    ...dependencies,
    '\npackages:\n\n',
    packages.join('\n'),
    '\nsnapshots:\n\n',
    snapshots.join('\n'),
  ].join('')
}
