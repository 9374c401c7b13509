import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../../world/world.ts'
import { aliasOfCases } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
afterAll(() => world.close())

interface Bypass {
  readonly title: string
  /** Lines of the project's `.npmrc`. */
  readonly npmrc?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The npm versions that are tried; default 11. */
  readonly majors?: readonly string[]
}

/** What takes bare npm to JSR round the proxy that the environment names. */
const bypasses: readonly Bypass[] = [
  {
    title: 'noproxy in .npmrc',
    npmrc: ['noproxy=npm.jsr.io'],
    majors: ['10', '11', '12'],
  },
  {
    title: 'NO_PROXY with a leading dot',
    env: { NO_PROXY: '.jsr.io' },
    majors: ['10', '11', '12'],
  },
  { title: 'no_proxy among others', env: { no_proxy: 'corp.example,jsr.io' } },
  { title: 'No_Proxy', env: { No_Proxy: 'npm.jsr.io' } },
  { title: 'npm_config_noproxy', env: { npm_config_noproxy: 'npm.jsr.io' } },
  { title: 'NPM_CONFIG_NOPROXY', env: { NPM_CONFIG_NOPROXY: 'npm.jsr.io' } },
  {
    title: 'a proxy of null in .npmrc, and none in the environment',
    npmrc: ['proxy=null', 'https-proxy=null'],
    env: withoutProxy(),
  },
  {
    title: 'an https-proxy that is switched off in the environment of npm',
    env: { ...withoutProxy(), npm_config_https_proxy: 'false', 'npm_config_https-proxy': 'false' },
  },
]

const rows = bypasses.flatMap((row) =>
  (row.majors ?? ['11']).map((major) => [row.title, major, row] as const),
)

describe.for(rows)('%s, with npm %s', patient, ([, major, bypass]) => {
  const client = clientOf(major)

  test('leads npm alone to JSR, and past the proxy', async () => {
    const { exitCode } = await runBare(world, client, trialOf(bypass, client))
    expect(exitCode).toBe(0)
    expect(world.askedJsr()).not.toEqual([])
    expect(world.askedJsr().filter(({ via }) => via === 'proxy')).toEqual([])
  })

  test('does not lead npm past the closed way out', async () => {
    const outcome = await runGuarded(world, client, trialOf(bypass, client))
    const expected = { exitCode: 1, marked: [], changed: [], rules: ['direct-route'] }
    expect(outcome).toMatchObject(expected)
    expect(outcome.report.hosts).toContainEqual({ host: 'npm.jsr.io', connections: 0, refused: 1 })
    expect(world.askedJsr()).toEqual([])
  })
})

describe('on the command line', patient, () => {
  test.for([
    ['--noproxy=npm.jsr.io'],
    ['--noproxy', 'npm.jsr.io'],
    ['--https-proxy=null'],
    ['--no-proxy'],
    ['--proxy=http://127.0.0.1:9/'],
  ])('%s is refused, before anybody is asked', async (flags) => {
    const trial = trialOf({})
    const args = [...trial.args, ...flags]
    const outcome = await runGuarded(world, clientOf('11'), { ...trial, args })
    expect(outcome).toMatchObject({ exitCode: 2, marked: [], changed: [] })
    expect(outcome.stderr).toContain('ERR_JSR_GUARD_UNSUPPORTED')
    expect(world.log).toEqual([])
  })
})

test('NO_PROXY still takes requests to the registry round the proxy', patient, async () => {
  const client = clientOf('11')
  const env = world.env({ NO_PROXY: 'corp.example' }, client)
  const files = { ...trialOf({}).files, '.npmrc': world.npmrc('good') }
  const outcome = await runGuarded(world, client, { files, args: ['install'], env })
  expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
  expect(world.asked('npm.corp.example')).not.toEqual([])
  expect(world.log.filter(({ via }) => via === 'proxy')).toEqual([])
})

/** npm itself asks JSR while it makes the lockfile, since the registry redirects its metadata. */
function trialOf({ npmrc = [], env }: Partial<Bypass>, client = clientOf('11')): Trial {
  return {
    files: {
      'package.json': { name: 'p', dependencies: { '@luca/cases': aliasOfCases } },
      '.npmrc': world.npmrc('packument-redirecting', ...npmrc),
    },
    args: ['install'],
    env: world.env(env, client),
  }
}

function withoutProxy(): Record<string, undefined> {
  return {
    HTTPS_PROXY: undefined,
    HTTP_PROXY: undefined,
    https_proxy: undefined,
    http_proxy: undefined,
  }
}
