// The least that any judge of lockfiles must do: read them, parse them, parse each address in them.
import { readFileSync } from 'node:fs'
import process from 'node:process'

for (const file of process.argv.slice(2)) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  for (const { resolved } of Object.values(packages)) {
    if (resolved !== undefined && new URL(resolved).hostname.endsWith('jsr.io'))
      process.exitCode = 1
  }
}
