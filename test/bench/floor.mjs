// The least that any judge of lockfiles must do: read them, parse them, parse each address in them.
import { readFileSync } from 'node:fs'
import process from 'node:process'

// The tables of npm, Deno and vlt, whose entries are objects or lists.
for (const file of process.argv.slice(2)) {
  const { packages, npm, nodes } = JSON.parse(readFileSync(file, 'utf8'))
  for (const entry of Object.values(packages ?? npm ?? nodes)) {
    const resolved = entry.resolved ?? entry.tarball ?? entry[3]
    if (resolved !== undefined && new URL(resolved).hostname.endsWith('jsr.io'))
      process.exitCode = 1
  }
}
