import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initProject } from '../../src/tasks/init.ts'
import { clients } from '../clients/clients.ts'
import { emptyEnv } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'
import { clientOf } from './install/trial.ts'

const patient = { timeout: 60_000 }

interface Setup {
  readonly files?: Readonly<Record<string, string | object>>
  readonly env?: Readonly<Record<string, string>>
}

async function init(registry: string, { files = {}, env }: Setup = {}) {
  const cwd = await createProject({ 'package.json': { name: 'p' }, ...files })
  const own = { ...(await emptyEnv()), ...env }
  const options = { cwd, registry, isForced: false, env: own, home: own['HOME'] ?? cwd }
  const result = await initProject(options)
  const read = async (file: string) => await readFile(join(cwd, file), 'utf8')
  return { cwd, result, read, again: async () => await initProject(options) }
}

const codeartifact = 'https://corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com/npm/npm/'
const azure = 'https://pkgs.dev.azure.com/corp/_packaging/feed/npm/registry/'

describe('init with a registry that is a known product', () => {
  test.for([
    [
      codeartifact,
      'AWS CodeArtifact',
      [`${bare(codeartifact)}:_authToken=\${CODEARTIFACT_AUTH_TOKEN}`],
    ],
    [
      azure,
      'Azure Artifacts',
      [
        `${bare(azure)}:username=any`,
        `${bare(azure)}:_password=\${AZURE_ARTIFACTS_TOKEN_BASE64}`,
        `${bare(azure)}:email=npm@corp.example`,
        '//pkgs.dev.azure.com/corp/_packaging/feed/npm/:username=any',
        '//pkgs.dev.azure.com/corp/_packaging/feed/npm/:_password=${AZURE_ARTIFACTS_TOKEN_BASE64}',
        '//pkgs.dev.azure.com/corp/_packaging/feed/npm/:email=npm@corp.example',
      ],
    ],
    [
      'https://gitlab.corp.example/api/v4/groups/7/-/packages/npm/',
      'GitLab package registry',
      [
        '//gitlab.corp.example/api/v4/groups/7/-/packages/npm/:_authToken=${GITLAB_TOKEN}',
        '//gitlab.corp.example/api/v4/projects/:_authToken=${GITLAB_TOKEN}',
      ],
    ],
  ] as const)('%s writes the route and its credentials', async ([registry, product, lines]) => {
    const { result, read, again } = await init(registry)
    expect(result).toMatchObject({ isRouted: true, product, advice: [], notes: expect.any(Array) })
    expect(await read('.npmrc')).toBe([`@jsr:registry=${registry}`, ...lines, ''].join('\n'))
    const { files } = await again()
    expect(files.map(({ change }) => change)).toEqual(['unchanged', 'unchanged'])
  })

  test.for([
    [
      'https://gitlab.corp.example/api/v4/packages/npm/',
      ['https://gitlab.corp.example/api/v4/projects/'],
    ],
    ['https://npm.pkg.github.com/corp/', ['https://npm.pkg.github.com/download/']],
    ['https://npm.pkg.github.com/', undefined],
    ['https://corp.jfrog.io/artifactory/api/npm/npm/', undefined],
  ] as const)('%s names the other places of its tarballs: %j', async ([registry, tarballs]) => {
    const { read } = await init(registry)
    expect(JSON.parse(await read('jsr-guard.json')).tarballs).toEqual(tarballs)
  })

  test('keeps the places that the policy names already', async () => {
    const registry = 'https://gitlab.corp.example/api/v4/packages/npm/'
    const policy = `// ours\n{ "registry": "${registry}", "tarballs": ["https://files.corp.example/"] }\n`
    const { read } = await init(registry, { files: { 'jsr-guard.json': policy } })
    const text = await read('jsr-guard.json')
    expect(text).toMatch(/^\/\/ ours\n/)
    expect(text).toContain('https://files.corp.example/')
    expect(text).toContain('https://gitlab.corp.example/api/v4/projects/')
  })

  test('writes no credentials where the user has some, for it would hide them', async () => {
    const env = await emptyEnv()
    const home = await createProject({ '.npmrc': `${bare(codeartifact)}:_authToken=mine\n` })
    const project = await createProject({ 'package.json': {} })
    const result = await initProject({
      cwd: project,
      registry: codeartifact,
      isForced: false,
      env: { ...env, HOME: home, USERPROFILE: home },
      home,
    })
    expect(result.notes).toBeUndefined()
    expect(await readFile(join(project, '.npmrc'), 'utf8')).toBe(`@jsr:registry=${codeartifact}\n`)
  })

  test('leaves the credentials of pnpm to the user’s own file, and says so', async () => {
    const { result, read } = await init(codeartifact, { files: { 'pnpm-lock.yaml': '' } })
    expect(await read('.npmrc')).toBe(`@jsr:registry=${codeartifact}\n`)
    expect(result.notes?.slice(0, 2)).toEqual([
      "pnpm reads no variables in a project's .npmrc: add these lines to your own, ~/.npmrc",
      `${bare(codeartifact)}:_authToken=\${CODEARTIFACT_AUTH_TOKEN}`,
    ])
  })

  test('gives Yarn 4 its route in its own file', async () => {
    const files = { 'package.json': { name: 'p', packageManager: 'yarn@4.18.1' } }
    const { read, result } = await init(codeartifact, { files })
    expect(await read('.yarnrc.yml')).toBe(
      `npmScopes:\n  jsr:\n    npmRegistryServer: "${codeartifact}"\n    npmAuthToken: "\${CODEARTIFACT_AUTH_TOKEN-}"\n`,
    )
    expect(result.files).toContainEqual({ file: '.yarnrc.yml', change: 'created' })
  })

  test('changes no scopes of Yarn’s that are there', async () => {
    const text = 'npmScopes:\n  corp:\n    npmRegistryServer: "https://a.example/"\n'
    const { read, result } = await init(codeartifact, { files: { '.yarnrc.yml': text } })
    expect(await read('.yarnrc.yml')).toBe(text)
    expect(result.notes).toContain('see that .yarnrc.yml says:')
  })
})

describe('init with a registry that tells nothing of its product', () => {
  test.for(['https://npm.corp.example/npm/', 'https://npm.pkg.github.com.evil.example/'])(
    '%s writes the route alone',
    async (registry) => {
      const { read, result } = await init(registry)
      expect(result).toEqual(expect.not.objectContaining({ product: expect.anything() }))
      expect(await read('.npmrc')).toBe(`@jsr:registry=${registry}\n`)
    },
  )
})

describe('a real npm', patient, () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    const wanted = new Map([
      [new URL(codeartifact).host, `Bearer token-of-ours`],
      [new URL(azure).host, `Basic ${Buffer.from('any:token-of-ours').toString('base64')}`],
    ])
    for (const [host, authorization] of wanted) {
      await world.serve(host, ({ headers }, response) => {
        const isKnown = headers.authorization === authorization
        response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
        const versions = { '1.0.0': { name: '@jsr/a__b', version: '1.0.0', dist: { tarball: '' } } }
        response.end(
          JSON.stringify({ name: '@jsr/a__b', 'dist-tags': { latest: '1.0.0' }, versions }),
        )
      })
    }
  }, patient.timeout)
  afterAll(() => world.close())

  test.for([
    [codeartifact, { CODEARTIFACT_AUTH_TOKEN: 'token-of-ours' }],
    [azure, { AZURE_ARTIFACTS_TOKEN_BASE64: Buffer.from('token-of-ours').toString('base64') }],
  ] as const)('gets in at %s with what was written', async ([registry, variables]) => {
    const client = clientOf('11')
    expect(clients).toContain(client)
    const { cwd } = await init(registry)
    const args = ['view', '@jsr/a__b', 'version']
    const result = await runClient(client, args, { cwd, env: world.env(variables) })
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1.0.0') })
  })
})

function bare(registry: string): string {
  return registry.slice('https:'.length)
}
