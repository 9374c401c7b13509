// Projects with a lockfile of any size in every format, the same ones for the same size. One package
// in fifty is one of JSR's; all come from one private registry, and nothing is to be found in them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const registry = 'https://npm.corp.example/npm/'

const hash = `sha512-${'A'.repeat(86)}==`
const scoped = { '.npmrc': `@jsr:registry=${registry}\n` }

const vltConfiguration = {
  config: { 'scoped-registries': { '@jsr': registry }, 'scope-registries': { '@jsr': registry } },
}

/** By client: its lockfile, how that is written, and what else has to lie beside it. */
const formats = {
  npm: { file: 'package-lock.json', write: writeNpm, others: scoped },
  pnpm: { file: 'pnpm-lock.yaml', write: writePnpm, others: scoped },
  yarn: {
    file: 'yarn.lock',
    write: writeYarn,
    others: { ...scoped, 'package.json': '{"packageManager": "yarn@1.22.22"}' },
  },
  'yarn-berry': {
    file: 'yarn.lock',
    write: writeYarnBerry,
    others: { '.yarnrc.yml': `npmScopes:\n  jsr:\n    npmRegistryServer: "${registry}"\n` },
  },
  bun: { file: 'bun.lock', write: writeBun, others: scoped },
  deno: { file: 'deno.lock', write: writeDeno, others: scoped },
  vlt: {
    file: 'vlt-lock.json',
    write: writeVlt,
    others: { 'vlt.json': JSON.stringify(vltConfiguration) },
  },
}

/** All that {@link createProject} knows. */
export const clients = Object.keys(formats)

/** A project of a client with as many packages. */
export function createProject(client, count) {
  const { file, write, others } = formats[client]
  const text = write(createPackages(count))
  return { client, count, file, text, files: { 'package.json': '{}', ...others, [file]: text } }
}

/** Writes projects into folders of one that is removed after the work. */
export function inFolders(projects, work) {
  const root = mkdtempSync(join(tmpdir(), 'jsr-guard-bench-'))
  try {
    return work(projects.map((project) => ({ ...project, folder: writeProject(root, project) })))
  } finally {
    rmSync(root, { recursive: true })
  }
}

function writeProject(root, { client, count, files }) {
  const folder = join(root, `${client}-${count}`)
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** Each asks for one other. */
function createPackages(count) {
  const packages = Array.from({ length: count }, (_, index) => {
    const name = index % 50 === 0 ? `@jsr/scope__name-${index}` : `name-${index}`
    const version = `1.0.${index}`
    const file = `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
    return { name, version, url: `${registry}${name}/-/${file}` }
  })
  return packages.map((one, index) => ({ ...one, needs: packages[(index * 7 + 1) % count] }))
}

function toObject(packages, create) {
  return Object.fromEntries(packages.map(create))
}

function writeNpm(packages) {
  const entries = toObject(packages, ({ name, version, url, needs }) => [
    `node_modules/${name}`,
    { version, resolved: url, integrity: hash, dependencies: { [needs.name]: '^1.0.0' } },
  ])
  return JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...entries } }, undefined, 2)
}

function writePnpm(packages) {
  const keyOf = ({ name, version }) =>
    name.startsWith('@') ? `'${name}@${version}'` : `${name}@${version}`
  const resolved = packages.map((one) => {
    const tarball = one.name.startsWith('@') ? `, tarball: ${one.url}` : ''
    return `  ${keyOf(one)}:\n    resolution: {integrity: ${hash}${tarball}}\n`
  })
  const snapshots = packages.map((one) => {
    const { name, version } = one.needs
    const need = name.startsWith('@') ? `'${name}'` : name
    return `  ${keyOf(one)}:\n    dependencies:\n      ${need}: ${version}\n`
  })
  return `lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\npackages:\n\n${resolved.join('\n')}\nsnapshots:\n\n${snapshots.join('\n')}`
}

function writeYarn(packages) {
  const entries = packages.map(
    ({ name, version, url, needs }) =>
      `"${name}@^1.0.0":\n  version "${version}"\n  resolved "${url}#${'a'.repeat(40)}"\n  integrity ${hash}\n  dependencies:\n    "${needs.name}" "^1.0.0"\n`,
  )
  return `# yarn lockfile v1\n\n\n${entries.join('\n')}`
}

/** Yarn names an address only where it is not the registry's usual one, as JSR's layout is not. */
function writeYarnBerry(packages) {
  const entries = packages.map(({ name, version, needs }) => {
    const url = encodeURIComponent(`${registry}~/11/${name}/${version}.tgz`)
    const archive = name.startsWith('@') ? `::__archiveUrl=${url}` : ''
    return `"${name}@npm:^1.0.0":\n  version: ${version}\n  resolution: "${name}@npm:${version}${archive}"\n  dependencies:\n    "${needs.name}": "npm:^1.0.0"\n  checksum: 10c0/${'a'.repeat(128)}\n  languageName: node\n  linkType: hard\n`
  })
  return `__metadata:\n  version: 8\n  cacheKey: 10c0\n\n${entries.join('\n')}`
}

function writeBun(packages) {
  const entries = packages.map(
    ({ name, version, url, needs }) =>
      `    "${name}": ["${name}@${version}", "${url}", { "dependencies": { "${needs.name}": "^1.0.0" } }, "${hash}"],\n`,
  )
  return `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": { "name": "p", },\n  },\n  "packages": {\n${entries.join('\n')}  }\n}\n`
}

function writeDeno(packages) {
  const npm = toObject(packages, ({ name, version, url, needs }) => [
    `${name}@${version}`,
    { integrity: hash, tarball: url, dependencies: [needs.name] },
  ])
  return JSON.stringify({ version: '5', npm }, undefined, 2)
}

function writeVlt(packages) {
  const idOf = ({ name, version }) =>
    `~npm~${name.replace('/', '+').replaceAll('_', '__')}@${version}`
  const nodes = toObject(packages, (one) => [idOf(one), [0, one.name, hash, one.url]])
  const edges = toObject(packages, (one) => [
    `${idOf(one)} ${one.needs.name}`,
    `prod ^1.0.0 ${idOf(one.needs)}`,
  ])
  return JSON.stringify({ lockfileVersion: 1, options: {}, nodes, edges }, undefined, 1)
}
