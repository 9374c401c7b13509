// The least that any judge of a lockfile must do: read it, parse it, parse each address in it.
import { readFileSync } from 'node:fs'
import process from 'node:process'

// The tables of npm, Deno and vlt, whose entries are objects or lists.
const { packages, npm, nodes } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
for (const entry of Object.values(packages ?? npm ?? nodes)) {
  const resolved = entry.resolved ?? entry.tarball ?? entry[3]
  if (resolved !== undefined && new URL(resolved).hostname.endsWith('jsr.io')) process.exitCode = 1
}
