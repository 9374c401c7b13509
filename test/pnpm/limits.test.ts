import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { startWorld, type RegistryName, type World } from '../world/world.ts'
import { createPnpm, hookText } from './hooked.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

/** What becomes of a way round the private registry: `—` where this pnpm has no such thing. */
type Cell = 'stopped' | 'not stopped' | '—'

interface Row {
  /** As the README has it. */
  readonly title: string
  /** pnpm 9.15, 10.34, 11.28 and 12.21. */
  readonly cells: readonly [Cell, Cell, Cell, Cell]
  readonly files?: () => Readonly<Record<string, string | object>>
  readonly args?: readonly string[]
  /** Where `registry` and nothing else leads; by default the project also maps `@jsr` to JSR. */
  readonly registry?: RegistryName
}

const toJsr = '--config.@jsr:registry=https://npm.jsr.io/'

const rows: readonly Row[] = [
  {
    title: '`.npmrc` maps `@jsr` to JSR',
    cells: ['stopped', 'stopped', 'stopped', 'stopped'],
  },
  {
    title: '`--config.@jsr:registry=` on the command line, JSR',
    cells: ['stopped', 'stopped', 'stopped', 'stopped'],
    registry: 'good',
    args: ['install', toJsr],
  },
  {
    title: 'the same with `pnpm add jsr:…`',
    cells: ['stopped', 'stopped', 'stopped', 'not stopped'],
    registry: 'good',
    args: ['add', toJsr, 'jsr:@std/internal@^1'],
  },
  {
    title: "a registry whose metadata names JSR's tarballs, fresh install",
    cells: ['not stopped', 'stopped', 'stopped', 'stopped'],
    registry: 'leaky',
  },
  {
    title: 'a registry that redirects to JSR',
    cells: ['not stopped', 'not stopped', 'not stopped', 'not stopped'],
    registry: 'redirecting',
  },
  {
    title: '`--ignore-pnpmfile`',
    cells: ['not stopped', 'not stopped', 'not stopped', 'not stopped'],
    args: ['install', '--ignore-pnpmfile'],
  },
  {
    title: 'a `.pnpmfile.mjs` beside the hook',
    cells: ['stopped', 'stopped', 'not stopped', 'not stopped'],
    files: () => ({ '.pnpmfile.mjs': 'export const hooks = {}\n' }),
  },
  {
    title: '`pnpmfile:` in `pnpm-workspace.yaml` that names other hooks',
    cells: ['stopped', 'not stopped', 'not stopped', 'not stopped'],
    files: () => ({
      'pnpm-workspace.yaml': 'packages: [.]\npnpmfile: other.cjs\n',
      'other.cjs': 'module.exports = { hooks: {} }\n',
    }),
  },
  {
    title: '`lockfileDir` in `pnpm-workspace.yaml`',
    cells: ['stopped', 'not stopped', 'not stopped', 'not stopped'],
    files: () => ({ 'pnpm-workspace.yaml': 'packages: [.]\nlockfileDir: locks\n' }),
  },
  {
    title: '`configDependencies` from JSR, which pnpm installs before it loads hooks',
    cells: ['—', 'not stopped', 'not stopped', 'not stopped'],
    registry: 'good',
    files: () => {
      const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
      return {
        'pnpm-workspace.yaml': `packages: [.]\nconfigDependencies:\n  '@jsr/luca__cases': 1.0.1+${integrity}\n`,
      }
    },
  },
  {
    title: '`pnpm dlx jsr:…`',
    cells: ['—', 'not stopped', 'not stopped', 'not stopped'],
    registry: 'good',
    args: ['dlx', 'jsr:@luca/cases'],
  },
  {
    // Only pnpm 11 runs the hooks of the folder that it stands in.
    title: '`pnpm add -g jsr:…`',
    cells: ['—', 'not stopped', 'stopped', 'not stopped'],
    registry: 'good',
    args: ['add', '-g', 'jsr:@luca/cases'],
  },
]

function npmrcOf(registry: RegistryName | undefined): string {
  if (registry !== undefined) return `registry=${world.registry(registry)}\n`
  return `registry=${world.registry('good')}\n@jsr:registry=https://npm.jsr.io/\n`
}

describe.for(pnpmClients.map((client, index) => ({ ...client, index })))(
  'pnpm $version with the hook alone',
  ({ index, ...client }) => {
    test.for(rows)('$title', { timeout: 120_000 }, async (row) => {
      const { registry, files, args = ['install'] } = row
      const cwd = await createProject({
        'package.json': { name: 'p', dependencies: { cases: 'npm:@jsr/luca__cases@^1' } },
        'jsr-guard.json': { registry: world.registry(registry ?? 'good') },
        '.npmrc': npmrcOf(registry),
        '.pnpmfile.cjs': hookText,
        ...files?.(),
      })
      await createPnpm(world, client, cwd)(...args)
      const found = world.askedJsr().length === 0 ? 'stopped' : 'not stopped'
      const cell = row.cells[index]
      expect(found).toBe(cell === '—' ? 'stopped' : cell)
    })
  },
)

test('the README has this table', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const lines = readme.split('\n').filter((line) => line.startsWith('|'))
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const table = lines.map(cellsOf)
  for (const { title, cells } of rows) expect(table).toContainEqual([title, ...cells])
})
