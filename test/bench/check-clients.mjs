// How long jsr-guard takes to read and judge a lockfile of Yarn, Bun, Deno and vlt, beside what its bare
// parser takes and one `new URL` for each address; and, for Yarn 1, beside lockfile-lint as a whole
// process. Ends with 1 where a target is missed.
//
//     npm run build && node test/bench/check-clients.mjs [PACKAGES] [ROUNDS]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CORE_SCHEMA, loadAll } from 'js-yaml'
import { parse as parseJsonc } from 'jsonc-parser'
import { readLockfile } from '../../dist/lockfile/formats.js'
import { evaluate } from '../../dist/policy/evaluate.js'
import { judgeContext } from '../../dist/policy/judge.js'

// So that nobody pays for the garbage of the run before.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const [packages = '20000', rounds = '7'] = process.argv.slice(2)
const count = Number(packages)
const registry = 'https://npm.corp.example/npm/'
const hash = `sha512-${'A'.repeat(86)}==`
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const lint = join(here, 'node_modules/lockfile-lint/bin/lockfile-lint.js')
if (!existsSync(lint)) installLint()
const { parseSyml } = createRequire(lint)('@yarnpkg/parsers')

const names = Array.from({ length: count }, (_, index) =>
  index % 50 === 0 ? `@jsr/scope__name-${index}` : `name-${index}`,
)
const versionOf = (index) => `1.0.${index}`
const baseOf = (name) => name.slice(name.indexOf('/') + 1)
const urlOf = (name, index) => `${registry}${name}/-/${baseOf(name)}-${versionOf(index)}.tgz`
const needs = (index) => names[(index * 7 + 1) % count]
const fromEntries = (create) => Object.fromEntries(names.map((name, index) => create(name, index)))

const formats = [
  {
    client: 'yarn',
    file: 'yarn.lock',
    text: `# yarn lockfile v1\n\n\n${names
      .map(
        (name, index) =>
          `"${name}@^1.0.0":\n  version "${versionOf(index)}"\n  resolved "${urlOf(name, index)}#${'a'.repeat(40)}"\n  integrity ${hash}\n  dependencies:\n    "${needs(index)}" "^1.0.0"\n`,
      )
      .join('\n')}`,
    addresses: (text) => Object.values(parseSyml(text)).map(({ resolved }) => resolved),
  },
  {
    client: 'yarn-berry',
    file: 'yarn.lock',
    text: `__metadata:\n  version: 8\n  cacheKey: 10c0\n\n${names
      .map((name, index) => {
        const url = encodeURIComponent(`${registry}~/11/${name}/${versionOf(index)}.tgz`)
        const archive = index % 50 === 0 ? `::__archiveUrl=${url}` : ''
        return `"${name}@npm:^1.0.0":\n  version: ${versionOf(index)}\n  resolution: "${name}@npm:${versionOf(index)}${archive}"\n  dependencies:\n    "${needs(index)}": "npm:^1.0.0"\n  checksum: 10c0/${'a'.repeat(128)}\n  languageName: node\n  linkType: hard\n`
      })
      .join('\n')}`,
    addresses: (text) =>
      Object.values(loadAll(text, { schema: CORE_SCHEMA })[0]).flatMap(({ resolution = '' }) =>
        resolution.includes('__archiveUrl')
          ? [decodeURIComponent(resolution.split('__archiveUrl=')[1])]
          : [],
      ),
  },
  {
    client: 'bun',
    file: 'bun.lock',
    text: `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": { "name": "p", },\n  },\n  "packages": {\n${names
      .map(
        (name, index) =>
          `    "${name}": ["${name}@${versionOf(index)}", "${urlOf(name, index)}", { "dependencies": { "${needs(index)}": "^1.0.0" } }, "${hash}"],\n`,
      )
      .join('\n')}  }\n}\n`,
    addresses: (text) =>
      Object.values(parseJsonc(text, [], { allowTrailingComma: true }).packages).map(
        ([, address]) => address,
      ),
  },
  {
    client: 'deno',
    file: 'deno.lock',
    text: JSON.stringify(
      {
        version: '5',
        npm: fromEntries((name, index) => [
          `${name}@${versionOf(index)}`,
          { integrity: hash, tarball: urlOf(name, index), dependencies: [needs(index)] },
        ]),
      },
      undefined,
      2,
    ),
    configuration: { '.npmrc': `@jsr:registry=${registry}\n` },
  },
  {
    client: 'vlt',
    file: 'vlt-lock.json',
    text: JSON.stringify(
      {
        lockfileVersion: 1,
        options: {},
        nodes: fromEntries((name, index) => [
          idOf(name, index),
          [0, name, hash, urlOf(name, index)],
        ]),
        edges: fromEntries((name, index) => [
          `${idOf(name, index)} ${needs(index)}`,
          `prod ^1.0.0 ${idOf(needs(index), (index * 7 + 1) % count)}`,
        ]),
      },
      undefined,
      1,
    ),
    configuration: {
      'vlt.json': JSON.stringify({
        config: {
          'scoped-registries': { '@jsr': registry },
          'scope-registries': { '@jsr': registry },
        },
      }),
    },
  },
]

const [load] = loadavg()
console.log(
  `${count} packages, ${rounds} rounds, Node ${process.version}, load ${load.toFixed(1)}\n`,
)
const results = formats.map(compareWithParser)
results.push(compareWithLint(formats[0].text))
process.exitCode = results.every(Boolean) ? 0 : 1

function idOf(name, index) {
  return `~npm~${name.replace('/', '+').replaceAll('_', '__')}@${versionOf(index)}`
}

function compareWithParser(format) {
  return format.addresses === undefined ? compareProcesses(format) : compareInProcess(format)
}

function compareInProcess({ client, file, text, addresses }) {
  const [floor, check] = measure([
    () => {
      for (const address of addresses(text))
        if (new URL(address).hostname === 'x') throw new Error()
    },
    () => judge(client, { file, text }),
  ])
  return sayFactor(client, text, [floor, check])
}

/** `JSON.parse` is so quick that only whole processes can be compared, as check-npm.mjs does. */
function compareProcesses({ client, file, text, configuration }) {
  return inFolder({ ...configuration, [file]: text, 'package.json': '{}' }, (folder) => {
    const [floor, check] = measure([
      () => run(folder, [join(here, 'floor.mjs'), join(folder, file)]),
      () => run(folder, [guard, '--cwd', folder, 'check']),
    ])
    return sayFactor(client, text, [floor, check])
  })
}

function sayFactor(client, text, [floor, check]) {
  const factor = check / floor
  const size = `${(text.length / 1e6).toFixed(1)} MB`
  const times = `parser ${floor.toFixed(0)} ms, check ${check.toFixed(0)} ms`
  return say(factor <= 2, `${client}, ${size}: ${times}: ${factor.toFixed(2)} times (<= 2)`)
}

function inFolder(files, work) {
  const folder = mkdtempSync(join(tmpdir(), 'jsr-guard-bench-'))
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function judge(client, { file, text }) {
  const route = { url: new URL(registry), text: registry, kind: 'scope', from: '.npmrc:1' }
  const content = { type: 'read', lockfile: readLockfile(file, text) }
  const context = judgeContext({
    registry: new URL(registry),
    isRegistryPinned: true,
    tarballs: [],
    clients: [{ name: client, version: undefined, route, routeOf: () => route }],
    manifests: [],
    lockfiles: [{ file, client, isAuthoritative: true, content }],
  })
  const findings = evaluate(context, {})
  if (findings.length > 0) throw new Error(JSON.stringify(findings[0]))
}

/** One after the other, so that both meet the same weather; the best of each counts. */
function measure(works) {
  const best = works.map(() => Infinity)
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [index, work] of works.entries()) {
      collectGarbage()
      const start = performance.now()
      work()
      best[index] = Math.min(best[index], performance.now() - start)
    }
  }
  return best
}

function compareWithLint(text) {
  const files = {
    'yarn.lock': text,
    'package.json': '{"packageManager": "yarn@1.22.22"}',
    '.npmrc': `@jsr:registry=${registry}\n`,
  }
  return inFolder(files, (folder) => {
    const lockfile = join(folder, 'yarn.lock')
    const rules = ['--type', 'yarn', '--allowed-hosts', 'npm.corp.example', '--validate-https']
    const [check, other] = measure([
      () => run(folder, [guard, '--cwd', folder, 'check']),
      () => run(folder, [lint, '--path', lockfile, ...rules]),
    ])
    const factor = other / check
    const times = `check ${check.toFixed(0)} ms, lockfile-lint ${other.toFixed(0)} ms`
    return say(
      factor >= 4,
      `Yarn 1, whole processes: ${times}: ${factor.toFixed(1)} times as fast (>= 4)`,
    )
  })
}

function run(cwd, args) {
  const env = { HOME: cwd, PATH: process.env.PATH }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr}`)
}

function say(isMet, text) {
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${text}`)
  return isMet
}

function installLint() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm, args, { cwd: here, stdio: 'inherit' })
  if (status !== 0) throw new Error('lockfile-lint could not be installed')
}
