import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rewriteManifest } from '../../src/manifest/rewrite.ts'
import { clients } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

const everywhere = `{
  "dependencies": {
    "@luca/cases": "jsr:^1",
    "cases": "JSR:@luca/cases@1.0.1",
    "plain": "^1.0.0"
  },
  "devDependencies": { "@std/text": "jsr:" },
  "peerDependencies": { "@std/text": "jsr:>=1 <2 || 3" },
  "peerDependenciesMeta": { "@std/text": { "optional": true } },
  "overrides": {
    "@luca/cases@^1": "jsr:^1",
    "a": { ".": "1", "@luca/cases": "$@luca/cases" },
    "@std/text@1": { ".": "jsr:latest" }
  },
  "resolutions": { "**/@std/text": "jsr:1" },
  "pnpm": { "overrides": { "a@1>@std/text": "jsr:1" } }
}
`

test('every jsr: specifier becomes an alias that every client can install', () => {
  const { text, changes, problems } = rewriteManifest(everywhere, 'package.json', 'npm')
  expect(text).toMatchInlineSnapshot(`
    "{
      "dependencies": {
        "@luca/cases": "npm:@jsr/luca__cases@^1",
        "cases": "npm:@jsr/luca__cases@1.0.1",
        "plain": "^1.0.0"
      },
      "devDependencies": { "@std/text": "npm:@jsr/std__text@*" },
      "peerDependencies": { "@std/text": "npm:@jsr/std__text@>=1 <2 || 3" },
      "peerDependenciesMeta": { "@std/text": { "optional": true } },
      "overrides": {
        "@luca/cases@^1": "npm:@jsr/luca__cases@^1",
        "a": { ".": "1", "@luca/cases": "$@luca/cases" },
        "@std/text@1": { ".": "npm:@jsr/std__text@latest" }
      },
      "resolutions": { "**/@std/text": "npm:@jsr/std__text@1" },
      "pnpm": { "overrides": { "a@1>@std/text": "npm:@jsr/std__text@1" } }
    }
    "
  `)
  expect(changes).toHaveLength(8)
  expect(changes[0]).toEqual({
    path: ['dependencies', '@luca/cases'],
    from: 'jsr:^1',
    to: 'npm:@jsr/luca__cases@^1',
    line: 3,
  })
  expect(problems).toEqual([])
})

test('the way back gives the jsr: specifiers that mean the same', () => {
  const { text } = rewriteManifest(everywhere, 'package.json', 'npm')
  const back = rewriteManifest(text, 'package.json', 'jsr')
  expect(back.problems).toEqual([])
  expect(rewriteManifest(back.text, 'package.json', 'npm').text).toBe(text)
  expect(back.text).toContain('"@luca/cases": "jsr:^1"')
  expect(back.text).toContain('"cases": "jsr:@luca/cases@1.0.1"')
})

test.for(['npm', 'jsr'] as const)(
  'a manifest without any comes back as it is (%s)',
  (direction) => {
    const text = '{\r\n\t"dependencies":{ "a":"^1", "b" : "npm:c@1", "d": "npm:@jsrs/e__f@1"}}'
    expect(rewriteManifest(text, 'package.json', direction)).toEqual({
      text,
      changes: [],
      problems: [],
    })
  },
)

test.for([
  'jsr:@luca/cases/sub',
  'jsr:luca/cases@1',
  'jsr:^1',
  'jsr:@Luca/Cases@1',
  ' jsr:@luca/cases@^1',
  '\tjsr:^1',
])('%j is a problem and stays as it is', (specifier) => {
  const text = JSON.stringify({ dependencies: { '@luca/cases': 'jsr:^1', a: specifier } })
  const result = rewriteManifest(text, 'package.json', 'npm')
  expect(result.problems).toMatchObject([{ path: ['dependencies', 'a'], specifier, line: 1 }])
  expect(result.text).toContain(JSON.stringify(specifier))
  expect(result.changes).toHaveLength(1)
})

test.for(['1/2', 'file:../a', 'npm:b@1'])('an alias of the range %j has no jsr: form', (range) => {
  const text = JSON.stringify({ dependencies: { a: `npm:@jsr/luca__cases@${range}` } })
  const expected = { text, changes: [], problems: [] }
  expect(rewriteManifest(text, 'package.json', 'jsr')).toEqual(expected)
})

describe('npm installs what comes out', { timeout: 60_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const overridden = {
    'written in another form': { '@luca/cases': 'jsr:@luca/cases@^1' },
    'for itself': { '@luca/cases': { '.': 'jsr:^1' } },
  }
  const rows = clients.flatMap((client) =>
    Object.entries(overridden).map(([form, overrides]) => ({ ...client, client, form, overrides })),
  )

  test.for(rows)(
    'an override of a direct dependency, $form, does not conflict with it in $name $version',
    async ({ client, overrides }) => {
      const manifest = { name: 'p', dependencies: { '@luca/cases': 'jsr:^1' }, overrides }
      const { text } = rewriteManifest(JSON.stringify(manifest), 'package.json', 'npm')
      const cwd = await createProject({ 'package.json': text, '.npmrc': world.npmrc('good') })
      const env = world.env()
      const result = await runClient(client, ['install'], { cwd, env })
      expect(result).toMatchObject({ exitCode: 0 })
    },
  )

  test.for(clients)('and conflicts where the two differ in $name $version', async (client) => {
    const dependencies = { '@luca/cases': 'jsr:^1' }
    const manifest = { name: 'p', dependencies, overrides: { '@luca/cases': 'jsr:1' } }
    const { text } = rewriteManifest(JSON.stringify(manifest), 'package.json', 'npm')
    const cwd = await createProject({ 'package.json': text, '.npmrc': world.npmrc('good') })
    const result = await runClient(client, ['install'], { cwd, env: world.env() })
    expect(result.stderr).toContain('EOVERRIDE')
  })
})
