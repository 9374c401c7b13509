import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

/** Of the block for documentation (RFC 5737); the world serves there what JSR serves. */
const hosts = ['192.0.2.77', '[::ffff:c000:24d]']

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  const { jsrTarball } = world.published(jsrName, '1.0.0')
  for (const host of hosts) {
    await world.serve(host, (_, response) => response.end(jsrTarball))
  }
}, patient.timeout)
afterAll(() => world.close())

const client = clientOf('11')
const path = `/~/11/${jsrName}/1.0.0.tgz`

const spellings = [
  ['the plain address', `https://npm.jsr.io${path}`],
  ['another host of its own', `https://api.jsr.io${path}`],
  ['no host before the domain', `https://jsr.io${path}`],
  ['a trailing dot', `https://npm.jsr.io.${path}`],
  ['upper case', `HTTPS://NPM.JSR.IO${path}`],
  ['a user that reads like the registry', `https://npm.corp.example@npm.jsr.io${path}`],
  ['a user and a password', `https://npm.corp.example:443@npm.jsr.io${path}`],
  ['the port that it has anyway', `https://npm.jsr.io:443${path}`],
  ['another port', `https://npm.jsr.io:8443${path}`],
  ['plain http', `http://npm.jsr.io${path}`],
  ['two slashes in the path', `https://npm.jsr.io/${path}`],
  ['a path that climbs', `https://npm.jsr.io/npm.corp.example/npm/../..${path}`],
  ['backslashes', `https:\\\\npm.jsr.io${path}`],
  ['one slash too few', `https:/npm.jsr.io${path}`],
  ['one slash too many', `https:///npm.jsr.io${path}`],
  ['an encoded host', `https://%6Epm.jsr%2Eio${path}`],
  ['a soft hyphen', `https://npm.js\u00adr.io${path}`],
  ['a query that reads like the registry', `https://npm.jsr.io${path}?//npm.corp.example/npm/`],
  ['a fragment that reads like the registry', `https://npm.jsr.io${path}#//npm.corp.example/npm/`],
] as const

// npm puts the address into a header and fails at such letters; it need not stay so.
const unreadSpellings = [
  ['full stops of another script', `https://npm\u3002jsr\uff0eio${path}`],
  ['letters of full width', `https://\uff4epm.jsr.io${path}`],
] as const

test.for([...spellings, ...unreadSpellings])(
  'JSR is refused with %s in a lockfile, a manifest and an argument, before anybody is asked',
  patient,
  async ([, address]) => {
    const outcome = await runGuarded(world, client, askedForAt(address))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    const said = outcome.report.findings.map(({ rule, file }) => `${rule} ${file}`)
    expect(said).toEqual([
      'direct-resolution package-lock.json',
      // One for the manifest, one for the argument.
      'direct-dependency package.json',
      'direct-dependency package.json',
    ])
    expect(world.log).toEqual([])
  },
)

const addresses = [
  ['four numbers', `http://192.0.2.77${path}`],
  ['one number', `http://3221226061${path}`],
  ['hexadecimal', `http://0xc000024d${path}`],
  ['octal', `http://0300.0.02.0115${path}`],
  ['IPv6', `http://[::ffff:192.0.2.77]${path}`],
] as const

test('npm alone fetches from every one of them', patient, async () => {
  const asked = [...spellings, ...addresses].map(([, address], index) => mark(address, index))
  const { exitCode } = await runBare(world, client, lockedAtAll(asked))
  expect(exitCode).toBe(0)
  const reached = [...world.askedJsr(), ...hosts.flatMap((host) => world.asked(host))]
  const marks = reached.flatMap(({ path: text }) => /[?]at=(\d+)/.exec(text)?.[1] ?? [])
  expect(marks.map(Number).toSorted((a, b) => a - b)).toEqual([...asked.keys()])
})

test.for(addresses)(
  'a machine that serves what JSR serves, written as %s, is refused before anybody is asked',
  patient,
  async ([, address]) => {
    const outcome = await runGuarded(world, client, lockedAt(address))
    const expected = { exitCode: 1, marked: [], changed: [], rules: ['foreign-resolution'] }
    expect(outcome).toMatchObject(expected)
    expect(world.log).toEqual([])
  },
)

test.for([
  ['a host below the name of JSR', 'lookalike'],
  ['an ordinary name', 'good'],
] as const)('a private registry under %s is none of JSR', patient, async ([, registry]) => {
  const dependencies = { '@luca/cases': aliasOfCases }
  const files = { 'package.json': { name: 'p', dependencies }, '.npmrc': world.npmrc(registry) }
  const outcome = await runGuarded(world, client, { files, args: ['install'] })
  expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
  expect(outcome.report.packages).toMatchObject([{ name: jsrName, verdict: 'private' }])
  expect(outcome.report.hosts.map(({ host }) => host)).toEqual([
    new URL(world.registry(registry)).host,
  ])
})

/** Makes an address known in the log, and nothing else of it another. */
function mark(address: string, index: number): string {
  const end = address.search(/[?#]|$/)
  const rest = address.slice(end)
  return `${address.slice(0, end)}?at=${index}${rest.startsWith('?') ? `&${rest.slice(1)}` : rest}`
}

function lockedAt(resolved: string): Trial {
  const dependencies = { '@luca/cases': aliasOfCases }
  const entry = lockedCases(world, { resolved })
  return {
    files: {
      'package.json': { name: 'p', dependencies },
      'package-lock.json': lockfileOf({ dependencies }, { 'node_modules/@luca/cases': entry }),
      '.npmrc': world.npmrc('good'),
    },
    args: ['ci'],
  }
}

function askedForAt(address: string): Trial {
  const { files } = lockedAt(address)
  const manifest = { name: 'p', dependencies: { '@luca/cases': aliasOfCases, cases: address } }
  return { files: { ...files, 'package.json': manifest }, args: ['install', `also@${address}`] }
}

/** Optional, so that npm asks for each whatever becomes of the others. */
function lockedAtAll(addressesOfJsr: readonly string[]): Trial {
  const names = addressesOfJsr.map((_, index) => `cases-${index}`)
  const optionalDependencies = Object.fromEntries(names.map((name) => [name, aliasOfCases]))
  const entries = addressesOfJsr.map((resolved, index) => [
    `node_modules/cases-${index}`,
    // Without a hash, since npm would fetch a hash only once.
    { name: jsrName, version: '1.0.0', resolved, optional: true },
  ])
  return {
    files: {
      'package.json': { name: 'p', optionalDependencies },
      'package-lock.json': lockfileOf({ optionalDependencies }, Object.fromEntries(entries)),
      '.npmrc': world.npmrc('good'),
    },
    args: ['ci'],
  }
}
