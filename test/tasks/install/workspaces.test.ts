import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clients } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runGuard } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { clientOf, readTree } from './trial.ts'

const execute = promisify(execFile)

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

const imports = `import { pascalCase } from '@luca/cases'
console.log(pascalCase('from-a-workspace'))
`

/** jsr: in the root, in two workspaces, in an override, and in what a workspace depends on. */
function createFiles(): Record<string, string | object> {
  return {
    'package.json': {
      name: 'root',
      private: true,
      workspaces: ['packages/*'],
      dependencies: { '@std/internal': 'jsr:1.0.5', 'needs-jsr': '1' },
      overrides: { 'needs-jsr': { '@luca/cases': 'jsr:^1' } },
    },
    'packages/app/package.json': `{"name":"app","version":"1.0.0","type":"module","dependencies":{"@luca/cases":"jsr:^1","tool":"file:../../tools/tool"},"peerDependencies":{"lib":"1"}}`,
    'packages/app/index.js': imports,
    'packages/lib/package.json': {
      name: 'lib',
      version: '1.0.0',
      type: 'module',
      dependencies: { '@luca/cases': 'jsr:@luca/cases@1.0.0', app: '*' },
      optionalDependencies: { path: 'jsr:@std/path@1.0.8' },
    },
    'packages/lib/index.js': imports,
    'tools/tool/package.json':
      '{\r\n\t"name": "tool",\r\n\t"version": "1.0.0",\r\n\t"devDependencies": { "dev-cases": "jsr:@luca/cases@^1" },\r\n\t"dependencies": { "tool-cases": "jsr:@luca/cases@^1" }\r\n}',
    '.npmrc': world.npmrc('good'),
  }
}

const rows = clients.map((client) => [`${client.name} ${client.version}`, client] as const)

test.for(rows)('%s installs jsr: wherever a manifest may say it', patient, async ([, client]) => {
  const cwd = await createProject(createFiles())
  const before = await readTree(cwd)
  const env = world.env({}, client)
  for (const command of ['install', 'ci']) {
    const outcome = await runGuard([command], { cwd, env })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(outcome.stdout).toContain('private @luca/cases 1.0.1')
    expect(outcome.stdout).toContain('private @luca/cases 1.0.0')
    expect(outcome.stdout).toContain('private tool-cases = @jsr/luca__cases 1.0.1')
    expect(outcome.stdout).toContain('private path = @jsr/std__path 1.0.8')
    const after = await readTree(cwd)
    for (const [file, text] of before) expect([file, after.get(file)]).toEqual([file, text])
  }
  for (const workspace of ['packages/app', 'packages/lib']) {
    const { stdout } = await execute(process.execPath, ['index.js'], { cwd: join(cwd, workspace) })
    expect(stdout).toBe('FromAWorkspace\n')
  }
  expect(world.askedJsr()).toEqual([])
})

test('what is added to one workspace changes no other manifest', patient, async () => {
  const cwd = await createProject(createFiles())
  const before = await readTree(cwd)
  const options = { cwd: join(cwd, 'packages/app'), env: world.env({}, clientOf('11')) }
  const { exitCode } = await runGuard(['add', 'paths@jsr:@std/path', 'is-tiny'], options)
  expect(exitCode).toBe(0)
  const after = await readTree(cwd)
  const changed = [...after].filter(([file, text]) => before.get(file) !== text)
  expect(changed.map(([file]) => file).toSorted()).toEqual([
    'package-lock.json',
    'packages/app/package.json',
  ])
  expect(JSON.parse(after.get('packages/app/package.json') ?? '')).toMatchObject({
    dependencies: {
      '@luca/cases': 'jsr:^1',
      'is-tiny': '^1.0.0',
      paths: 'jsr:@std/path@^1.1.0',
      tool: 'file:../../tools/tool',
    },
  })
})
