/**
 * `npm run demo`: installs and builds what is missing, then shows the main job. Plain Node: on a
 * fresh clone there is nothing else yet.
 */
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

step('installing what the demo needs', ['test/prepare.mjs'])
step('building jsr-guard', ['node_modules/typescript/bin/tsc'])

// Vite runs TypeScript on every Node that jsr-guard supports; Node 20 can't by itself.
const { runnerImport } = await import('vite')
const { module } = await runnerImport(fileURLToPath(new URL('demo.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  root,
})
process.exitCode = await module.runDemo()

function step(title, args) {
  process.stdout.write(`… ${title}\n`)
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  })
  if (status === 0) return
  process.stderr.write(stdout + stderr)
  throw new Error(`${title} failed`)
}
