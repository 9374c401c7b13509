/**
 * `node test/bench/install.mjs [packages] [runs]`: `jsr-guard install` against bare `npm install` of
 * the same project, with a lockfile and a warm cache, in the closed world. Prints the ratio of the
 * medians of one run in which both take turns.
 */
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('install-bench.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  root: fileURLToPath(new URL('../..', import.meta.url)),
})
const [packages = '600', runs = '7'] = process.argv.slice(2)
process.exitCode = await module.runInstallBench({ packages: Number(packages), runs: Number(runs) })
