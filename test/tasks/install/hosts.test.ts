import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

/** Addresses of the block for documentation (RFC 5737), at which the world serves what JSR serves. */
const jsrAddress = '192.0.2.77'

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  const { jsrTarball } = world.published(jsrName, '1.0.0')
  await world.serve(jsrAddress, (_, response) => response.end(jsrTarball))
}, patient.timeout)
afterAll(() => world.close())

const client = clientOf('11')
const path = `/~/11/${jsrName}/1.0.0.tgz`

describe.for([
  ['the plain address', `https://npm.jsr.io${path}`],
  ['a trailing dot', `https://npm.jsr.io.${path}`],
  ['upper case', `HTTPS://NPM.JSR.IO${path}`],
  ['a user that reads like the registry', `https://npm.corp.example@npm.jsr.io${path}`],
  ['user and password', `https://npm.corp.example:443@npm.jsr.io${path}`],
  ['the port that is meant anyway', `https://npm.jsr.io:443${path}`],
  ['another port', `https://npm.jsr.io:8443${path}`],
  ['plain http', `http://npm.jsr.io${path}`],
  ['two slashes in the path', `https://npm.jsr.io/${path}`],
  ['a path that reads like the registry', `https://npm.jsr.io/npm.corp.example/npm/..${'/..'.repeat(2)}${path}`],
  ['backslashes', `https:\\\\npm.jsr.io${path}`],
  ['one slash too few', `https:/npm.jsr.io${path}`],
  ['one slash too many', `https:///npm.jsr.io${path}`],
  ['an encoded host', `https://%6Epm.jsr%2Eio${path}`],
  ['full stops of another script', `https://npm\u3002jsr\uff0eio${path}`],
  ['letters of full width', `https://\uff4epm.jsr.io${path}`],
  ['a soft hyphen', `https://npm.js\u00adr.io${path}`],
  ['a query that names the registry', `https://npm.jsr.io${path}?https://npm.corp.example/npm/`],
  ['a fragment that names the registry', `https://npm.jsr.io${path}#https://npm.corp.example/npm/`],
] as const)('JSR written with %s', patient, ([, address]) => {
  test('is where npm alone goes', async () => {
    await runBare(world, client, lockedAt(address))
    expect(world.askedJsr()).not.toEqual([])
  })

  test('is refused in a lockfile before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, lockedAt(address))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    expect(outcome.rules).toContain('direct-resolution')
    expect(world.log).toEqual([])
  })

  test('is refused in a manifest before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, requestedAt(address))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    expect(outcome.rules).toContain('direct-dependency')
    expect(world.log).toEqual([])
  })

  test('is refused as a package argument before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, addedFrom(address))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    expect(outcome.rules).toContain('direct-dependency')
    expect(world.log).toEqual([])
  })
})

describe.for([
  ['four numbers', `http://${jsrAddress}${path}`],
  ['one number', `http://3221226061${path}`],
  ['hexadecimal', `http://0xc000024d${path}`],
  ['octal', `http://0300.0.02.0115${path}`],
  ['IPv6', `http://[::ffff:192.0.2.77]${path}`],
] as const)('a machine that serves what JSR serves, written in %s', patient, ([, address]) => {
  test('is where npm alone goes', async () => {
    const { exitCode, marked } = await runBare(world, client, lockedAt(address))
    expect(exitCode).toBe(0)
    expect(marked).toContain('node_modules/@luca/cases/mod.js')
  })

  test('is refused in a lockfile before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, lockedAt(address))
    const expected = { exitCode: 1, marked: [], changed: [], rules: ['foreign-resolution'] }
    expect(outcome).toMatchObject(expected)
    expect(world.log).toEqual([])
  })
})

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

function lockedAt(resolved: string): Trial {
  const dependencies = { '@luca/cases': aliasOfCases }
  const entry = lockedCases(world, { resolved })
  return {
    files: {
      'package.json': { name: 'p', dependencies },
      'package-lock.json': lockfileOf(dependencies, { 'node_modules/@luca/cases': entry }),
      '.npmrc': world.npmrc('good'),
    },
    args: ['ci'],
  }
}

function requestedAt(address: string): Trial {
  const manifest = { name: 'p', dependencies: { '@luca/cases': address } }
  return {
    files: { 'package.json': manifest, '.npmrc': world.npmrc('good') },
    args: ['install'],
  }
}

function addedFrom(address: string): Trial {
  return {
    files: { 'package.json': { name: 'p' }, '.npmrc': world.npmrc('good') },
    args: ['add', `cases@${address}`],
  }
}
