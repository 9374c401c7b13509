import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../../world/world.ts'
import { createVerifyProject, jsrName, runVerify } from './trial.ts'

const patient = { timeout: 60_000 }
const host = 'hostile.corp.example'
const registry = new URL(`https://${host}/npm/`)

/** What the registry does with a request for a tarball. */
let location = ''
/** What its metadata says. */
let tarball = ''

let world: World
beforeAll(async () => {
  world = await startWorld()
  await world.serve(host, ({ url = '', headers }, response) => {
    const { integrity, tarball: bytes } = world.published(jsrName, '1.0.0')
    if (!url.endsWith('.tgz')) {
      const dist = { tarball, integrity }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ name: jsrName, versions: { '1.0.0': { dist } } }))
    } else if (url.startsWith('/npm/back/')) {
      response.writeHead(headers.authorization === 'Bearer secret' ? 200 : 401).end(bytes)
    } else {
      const target =
        location === 'endless' ? `https://${host}${url.replace('.tgz', 'x.tgz')}` : location
      response.writeHead(302, { location: target }).end()
    }
  })
  await world.serve('far.example', (_, response) => {
    response.writeHead(307, { location: `https://${host}:8443/other/there.tgz` }).end()
  })
}, patient.timeout)
beforeEach(() => {
  world.forget()
  tarball = `${registry.href}${jsrName}/-/luca__cases-1.0.0.tgz`
})
afterAll(() => world.close())

const lines = [`//${host}/npm/:_authToken=secret`]

describe('a redirect', patient, () => {
  test.for([
    ['endless', 'it redirects more than 5 times'],
    ['file:///etc/passwd', 'it redirects to something that is no web address'],
    ['data:text/plain,x', 'it redirects to something that is no web address'],
    ['https://[', 'it redirects to something that is no web address'],
    ['http://169.254.169.254/latest/meta-data/', 'it redirects from https to plain http'],
    ['https://169.254.169.254/latest/', "it redirects to an address of the machine's own network"],
    ['https://2852039166/', "it redirects to an address of the machine's own network"],
    ['https://[fe80::1]/', "it redirects to an address of the machine's own network"],
    [
      'https://[::ffff:169.254.169.254]/',
      "it redirects to an address of the machine's own network",
    ],
    [
      'https://metadata.google.internal/',
      "it redirects to an address of the machine's own network",
    ],
    ['https://127.0.0.1/', 'it redirects to this machine itself'],
    ['https://[::1]/', 'it redirects to this machine itself'],
    ['https://localhost/', 'it redirects to this machine itself'],
  ] as const)('to %s is not followed, and said', async ([target, reason]) => {
    location = target
    const cwd = await createVerifyProject(world, { registry, lines })
    const outcome = await runVerify(world, cwd)
    expect(outcome).toMatchObject({ exitCode: 4, rules: [] })
    expect(outcome.stderr).toContain(reason)
    expect(hostsAsked()).toEqual([host])
    expect(outcome.stdout + outcome.stderr).not.toContain('secret')
  })

  test.for(['https://npm.jsr.io/x', 'https://JSR.io./x', '//npm.jsr.io:443/x'])(
    'to JSR as %s is not followed, and a finding',
    async (target) => {
      location = target
      const cwd = await createVerifyProject(world, { registry, lines })
      expect(await runVerify(world, cwd)).toMatchObject({
        exitCode: 1,
        rules: ['redirects-to-jsr'],
      })
      expect(world.askedJsr()).toEqual([])
    },
  )

  test.for([[[]], [['--tarballs']]] as const)(
    'to another origin takes no credentials along, with %j',
    async ([args]) => {
      location = 'https://far.example/x.tgz'
      const cwd = await createVerifyProject(world, { registry, lines })
      const outcome = await runVerify(world, cwd, { args })
      // The way leads from the registry over another host to the registry's own, at another port.
      expect(outcome.stderr).toContain('it redirects more than 5 times')
      const asked = world.log.filter(({ kind }) => kind === 'request')
      const sent = asked.map(({ host: name, port, authorization }) => ({
        name,
        port,
        authorization,
      }))
      expect(sent).toContainEqual({ name: host, port: 443, authorization: 'Bearer secret' })
      expect(sent).toContainEqual({ name: 'far.example', port: 443, authorization: undefined })
      expect(sent).toContainEqual({ name: host, port: 8443, authorization: undefined })
      expect(sent.filter(({ authorization }) => authorization !== undefined)).toEqual(
        sent.filter(({ name, port }) => name === host && port === 443),
      )
    },
  )

  test('within the registry is followed with its credentials', async () => {
    location = `https://${host}/npm/back/x.tgz`
    const cwd = await createVerifyProject(world, { registry, lines })
    expect(await runVerify(world, cwd)).toMatchObject({ exitCode: 0, rules: [] })
  })
})

describe('what metadata says', patient, () => {
  test('puts no header into a request', async () => {
    location = `https://${host}/npm/back/x.tgz`
    tarball = `${registry.href}x.tgz\r\nX-Evil: 1\r\n\r\n`
    const cwd = await createVerifyProject(world, {
      registry,
      lines,
      entry: { resolved: undefined },
    })
    await runVerify(world, cwd)
    for (const { headers } of world.log) expect(Object.keys(headers)).not.toContain('x-evil')
  })

  test.for([
    ['file:///etc/passwd', 4],
    ['data:text/plain,x', 4],
    ['https://user:secret@hostile.corp.example/npm/x.tgz', 0],
  ] as const)(
    'as the place of a tarball may be %s, and nothing else is asked',
    async ([place, exitCode]) => {
      location = `https://${host}/npm/back/x.tgz`
      tarball = place
      const cwd = await createVerifyProject(world, { registry, lines })
      const outcome = await runVerify(world, cwd)
      expect(outcome.exitCode).toBe(exitCode)
      expect(hostsAsked()).toEqual([host])
      expect(outcome.stdout + outcome.stderr).not.toContain('secret')
    },
  )

  test('reaches a terminal harmlessly', async () => {
    tarball = 'https://evil.example/\u001b]0;title\u0007/x.tgz'
    const cwd = await createVerifyProject(world, { registry, lines })
    const outcome = await runVerify(world, cwd)
    expect(outcome).toMatchObject({ exitCode: 1, rules: ['foreign-resolution'] })
    expect(outcome.stdout).not.toContain('\u001b')
    expect(outcome.stdout).not.toContain('\u0007')
  })
})

test('a credential with a line break in it is sent nowhere, and not printed', patient, async () => {
  const cwd = await createVerifyProject(world, {
    registry,
    lines: [`//${host}/npm/:_authToken=\${BROKEN}`],
  })
  const env = { BROKEN: 'secret\r\nX-Evil: 1' }
  const outcome = await runVerify(world, cwd, { env })
  expect(outcome).toMatchObject({ exitCode: 4 })
  expect(outcome.stdout + outcome.stderr).not.toContain('secret')
  expect(world.log.filter(({ kind }) => kind === 'request')).toEqual([])
})

function hostsAsked(): string[] {
  return Array.from(new Set(world.log.map((asked) => asked.host)))
}
