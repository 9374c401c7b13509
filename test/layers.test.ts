import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Innermost first. A folder may import itself and any earlier row, never a neighbour in its row. */
const layers = [
  ['errors.ts', 'finding.ts'],
  ['url', 'json', 'yaml', 'syml'],
  ['specifier'],
  ['manifest', 'lockfile', 'config', 'report'],
  ['route'],
  ['policy'],
  ['pnpm', 'gateway', 'doctor'],
  ['project', 'registry', 'egress', 'client'],
  ['tasks'],
  ['index.ts', 'cli'],
  ['bin.ts'],
]

/** From here on disk, network and processes are allowed. */
const firstRowWithIo = layers.findIndex((row) => row.includes('project'))

const source = new URL('../src/', import.meta.url)
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .toSorted()

test('there are source files to look at', () => {
  expect(files).toContain('errors.ts')
})

test.for(files)('%s imports only inwards', (file) => {
  expect(findFaults(file, readFileSync(new URL(file, source), 'utf8'))).toEqual([])
})

describe('what the check finds', () => {
  test.for([
    {
      title: 'a neighbour',
      file: 'lockfile/npm.ts',
      text: "import { a } from '../config/npmrc.ts'",
      fault: 'imports ../config/npmrc.ts',
    },
    {
      title: 'a row further out',
      file: 'specifier/jsr-name.ts',
      text: "import type { Rule } from '../policy/rule.ts'",
      fault: 'imports ../policy/rule.ts',
    },
    {
      title: 'a file of its own row',
      file: 'errors.ts',
      text: "export * from './finding.ts'",
      fault: 'imports ./finding.ts',
    },
    {
      title: 'an import over several lines',
      file: 'json/strict-json.ts',
      text: "import {\n  a,\n  b,\n} from '../url/web-url.ts'",
      fault: 'imports ../url/web-url.ts',
    },
    {
      title: 'a re-export',
      file: 'url/web-url.ts',
      text: "export { a } from '../json/strict-json.ts'",
      fault: 'imports ../json/strict-json.ts',
    },
    {
      title: 'an import for its effect',
      file: 'url/web-url.ts',
      text: "import '../cli/main.ts'",
      fault: 'imports ../cli/main.ts',
    },
    {
      title: 'an import at run time',
      file: 'route/route.ts',
      text: "const module = await import('../tasks/check.ts')",
      fault: 'imports ../tasks/check.ts',
    },
    {
      title: 'a file that leaves src',
      file: 'bin.ts',
      text: "import manifest from '../package.json'",
      fault: 'imports ../package.json',
    },
    {
      title: 'an unlisted folder',
      file: 'utils/things.ts',
      text: '',
      fault: 'belongs to no row',
    },
    {
      title: 'an import from an unlisted folder',
      file: 'cli/main.ts',
      text: "import { a } from '../helpers/a.ts'",
      fault: 'imports ../helpers/a.ts',
    },
    {
      title: 'an unlisted file at the top',
      file: 'common.ts',
      text: '',
      fault: 'belongs to no row',
    },
    {
      title: "Node's own modules above the line",
      file: 'gateway/handler.ts',
      text: "import { readFile } from 'node:fs/promises'",
      fault: 'imports node:fs/promises',
    },
    {
      title: "Node's own modules by their bare name",
      file: 'policy/rules.ts',
      text: "import { readFileSync } from 'fs'",
      fault: 'imports fs',
    },
    {
      title: 'the process above the line',
      file: 'report/text.ts',
      text: "// no process here\nconst isWide = process.stdout.columns > 80 // nor 'here'",
      fault: 'names process',
    },
    {
      title: 'the process inside a text',
      file: 'report/text.ts',
      text: 'const home = `${process.env.HOME}/x`',
      fault: 'names process',
    },
  ])('$title is a fault', ({ file, text, fault }) => {
    expect(findFaults(file, text)).toEqual([fault])
  })

  test.for([
    { file: 'lockfile/npm.ts', text: "import { parseNpmKey } from './npm-key.ts'" },
    { file: 'policy/rules/a.ts', text: "import type { Rule } from '../rule.ts'" },
    { file: 'tasks/check.ts', text: "import { readFile } from 'node:fs/promises'" },
    { file: 'cli/main.ts', text: "import { check } from '../tasks/check.ts'" },
    { file: 'client/run.ts', text: 'export const platform = process.platform' },
    { file: 'report/text.ts', text: "// process\nconst a = 'process' /* import 'node:fs' */" },
    { file: 'report/text.ts', text: 'const processed = preprocess(subprocess)' },
    { file: 'report/text.ts', text: 'const text = `the process of ${name}`' },
    { file: 'lockfile/yaml.ts', text: "import { load } from 'js-yaml'" },
  ])('$file may hold: $text', ({ file, text }) => {
    expect(findFaults(file, text)).toEqual([])
  })
})

/** What keeps a file from its place in the layers. Sees what is written, not what is computed. */
function findFaults(file: string, text: string): string[] {
  const row = rowOf(file)
  if (row === undefined) return ['belongs to no row']
  const isPure = row < firstRowWithIo
  const faults = importsIn(text)
    .filter((specifier) => !isAllowed(file, row, specifier))
    .map((specifier) => `imports ${specifier}`)
  return isPure && /\bprocess\b/.test(withoutTexts(text)) ? [...faults, 'names process'] : faults
}

function isAllowed(file: string, row: number, specifier: string): boolean {
  if (!specifier.startsWith('.')) return row >= firstRowWithIo || !isBuiltin(specifier)
  const target = posix.join(posix.dirname(file), specifier)
  const targetRow = rowOf(target)
  if (targetRow === undefined) return false
  return targetRow < row || partOf(target) === partOf(file)
}

function rowOf(file: string): number | undefined {
  const row = layers.findIndex((parts) => parts.includes(partOf(file)))
  return row === -1 ? undefined : row
}

/** The folder, or the file where it stands at the top. */
function partOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function importsIn(text: string): string[] {
  const statement = /\b(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g
  return [...withoutComments(text).matchAll(statement)].map((match) => match[1] ?? match[2] ?? '')
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
}

/** Leaves what a template literal computes. */
function withoutTexts(text: string): string {
  return withoutComments(text)
    .replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
    .replace(/`(?:\\.|[^`\\])*`/g, (template) => (template.match(/\$\{[^}]*\}/g) ?? []).join(' '))
}
