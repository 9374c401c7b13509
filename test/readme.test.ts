import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorExitCodes } from '../src/cli/exit-code.ts'
import { generalOptions } from '../src/cli/options.ts'
import { commands } from '../src/cli/commands.ts'
import { errorCodes } from '../src/errors.ts'
import { ruleLevels } from '../src/finding.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test.for(Object.entries(ruleLevels))('the README describes the rule %s', ([rule, level]) => {
  expect(readme).toContain(`\`${rule}\``)
  const row = readme.split('\n').find((line) => line.startsWith(`| \`${rule}\``))
  if (row !== undefined) expect(row.split('|')[2]?.trim()).toBe(level)
})

test.for(Object.keys(errorCodes))(
  'the README describes the error %s with its exit code',
  (code) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${code}\``))
    expect(row?.split('|')[2]?.trim()).toBe(String(errorExitCodes[code as keyof typeof errorCodes]))
  },
)

test('the README names every command and every option', () => {
  for (const { name } of commands) expect(readme).toContain(`jsr-guard ${name}`)
  for (const { name } of generalOptions) expect(readme).toContain(`--${name}`)
})
