/**
 * `node test/bench/hook.mjs [packages] [runs] [version]`: what the pnpm hook adds to a warm `pnpm install`
 * and to `pnpm list`, beside the same project without it, and beside one with a hook that does nothing.
 * All take turns in one run, in the closed world; the mean of the quickest third of each counts.
 *
 * A disk's own moods exceed what is measured: with `TMPDIR` in memory (`/dev/shm`) they are left out.
 */
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('hook-bench.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  root: fileURLToPath(new URL('../..', import.meta.url)),
})
const [packages = '600', runs = '20', version = ''] = process.argv.slice(2)
const sizes = { packages: Number(packages), runs: Number(runs), version }
process.exitCode = await module.runHookBench(sizes)
