// What a real npm would fetch for a lockfile. Run by `npm-parity.test.ts`, in the Node of that npm:
//
//   node npm-fetches.mjs NPM_FOLDER < cases.json > fetches.json
//
// npm's own code plans the installation and goes through with it; only where it hands over to the
// network, what it asks for is written down instead.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'

const npm = process.argv[2]
const load = createRequire(join(npm, 'node_modules/@npmcli/arborist/lib/index.js'))
const parseSpecifier = load('npm-package-arg')
const pacote = load('pacote')
const Arborist = load('./index.js')

let fetches = []

pacote.extract = async (specifier, folder) => {
  note(specifier, relative(process.cwd(), folder).replaceAll('\\', '/'))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"name":"x","version":"1.0.0"}')
  return {}
}
pacote.manifest = async (specifier) => {
  note(specifier, undefined)
  throw Object.assign(new Error('there is no network'), { code: 'ENETUNREACH' })
}

const results = []
for (const files of JSON.parse(await text(process.stdin))) results.push(await install(files))
console.log(JSON.stringify(results))

async function install(files) {
  fetches = []
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'jsr-guard-parity-'))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  process.chdir(folder)
  try {
    const options = { path: folder, cache: join(folder, 'cache'), audit: false, allowRemote: 'all' }
    const arborist = new Arborist({ ...options, registry: 'https://npm.corp.example/npm/' })
    await arborist.buildIdealTree()
    await arborist.reify({ save: false })
  } catch {
    // npm gives up, which is its right; what it has asked for by then still counts.
  }
  process.chdir(home)
  rmSync(folder, { recursive: true })
  return fetches
}

function note(specifier, key) {
  try {
    const { subSpec, ...read } = parseSpecifier(specifier)
    const { type, name, fetchSpec } = subSpec ?? read
    const repository = read.hosted?.sshurl({ noCommittish: true })
    fetches.push({ key, type, name, address: fetchSpec ?? repository ?? '' })
  } catch {
    // It names nothing that npm could fetch.
  }
}
