// The least that any judge of a lockfile must do: read it, parse it, parse each address in it.
import { readFileSync } from 'node:fs'
import process from 'node:process'

const { packages } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
for (const { resolved } of Object.values(packages)) {
  if (resolved !== undefined && new URL(resolved).hostname.endsWith('jsr.io')) process.exitCode = 1
}
