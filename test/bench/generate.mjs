// A project with a package-lock.json of any size, the same one for the same size.
//
//   node test/bench/generate.mjs FOLDER [PACKAGES]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const registry = 'https://npm.corp.example/npm/'

/**
 * Writes `package.json`, `.npmrc` and a `package-lock.json` of as many packages into a folder.
 * One package in fifty is one of JSR's; all come from one private registry.
 */
export function generateProject(folder, count) {
  const names = Array.from({ length: count }, (_, index) => nameOf(index))
  const dependencies = Object.fromEntries(names.slice(0, 50).map((name) => [name, '^1.0.0']))
  const manifest = { name: 'bench', version: '1.0.0', dependencies }
  const packages = { '': manifest }
  names.forEach((name, index) => {
    packages[`node_modules/${name}`] = createEntry(name, index, names)
  })
  mkdirSync(folder, { recursive: true })
  writeJson(join(folder, 'package.json'), manifest)
  writeJson(join(folder, 'package-lock.json'), {
    name: 'bench',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages,
  })
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n@jsr:registry=${registry}\n`)
}

function nameOf(index) {
  if (index % 50 === 0) return `@jsr/scope${index % 7}__package-${index}`
  return index % 3 === 0 ? `@scope${index % 40}/package-${index}` : `package-${index}`
}

function createEntry(name, index, names) {
  const version = `1.${index % 90}.${index % 9}`
  const needs = [7, 31, 101, 499]
    .slice(0, index % 5)
    .map((step) => names[(index + step) % names.length])
  return {
    version,
    resolved: `${registry}${name}/-/${name.split('/').at(-1)}-${version}.tgz`,
    integrity: `sha512-${hashOf(index)}`,
    ...(index % 4 === 0 && { dev: true }),
    license: 'MIT',
    ...(needs.length > 0 && {
      dependencies: Object.fromEntries(needs.map((need) => [need, '^1.0.0'])),
    }),
    ...(index % 10 === 0 && { bin: { [`tool-${index}`]: 'bin/cli.js' } }),
    engines: { node: '>=18' },
  }
}

/** 64 bytes that look like a hash and follow from the index. */
function hashOf(index) {
  const bytes = Buffer.alloc(64)
  let state = index + 1
  for (let at = 0; at < 64; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes.writeUInt32LE(state, at)
  }
  return bytes.toString('base64')
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, count = '20000'] = process.argv.slice(2)
  if (folder === undefined) throw new Error('name a folder')
  generateProject(folder, Number(count))
}
