/**
 * `node test/bench/gateway.mjs [requests] [rounds]`: what the gateway serves from a warm cache, over
 * 32 connections, beside a real Verdaccio, a real pnpr, and a bare Node server that sends the same
 * bytes from memory; all in turns, each in a process of its own. Ends with 1 where a target is
 * missed. Needs `npm run build` and `node test/prepare.mjs --clients`.
 */
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('gateway-bench.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  root: fileURLToPath(new URL('../..', import.meta.url)),
})
const [requests = '20000', rounds = '5'] = process.argv.slice(2)
process.exitCode = await module.runGatewayBench({
  requests: Number(requests),
  rounds: Number(rounds),
})
