import { test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { startWorld } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, listAsked } from './trial.ts'
test('x', async () => {
  const world = await startWorld({ jsrVariant: 'marked' })
  const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }
  for (const registry of ['leaky', 'redirecting'] as const)
  for (const major of ['10', '11', '12']) {
    const client = clientOf(major)
    const env = world.env({}, client)
    const resolved = registry === 'leaky' ? undefined : `${world.registry(registry)}@jsr/luca__cases/-/luca__cases-1.0.0.tgz`
    const files = {
      'package.json': { name: 'p', dependencies }, '.npmrc': world.npmrc(registry),
      'package-lock.json': lockfileOf({dependencies}, { 'node_modules/@luca/cases': lockedCases(world, { resolved }), 'node_modules/is-tiny': lockedTiny(world, registry) }) }
    const o = await runBare(world, client, { files, args: ['ci'], env })
    console.log(registry, major, o.exitCode, await readFile(o.cwd + '/node_modules/.package-lock.json', 'utf8'))
    for (const args of [['ci', '--offline'], ['ci', '--prefer-offline'], ['install', '--offline']]) {
      const g = await runGuarded(world, client, { files, args, env })
      console.log(args.join(' '), major, g.exitCode, g.rules, g.report.packages.map(p=>p.verdict), g.marked.filter(m=>m.startsWith('node_m')), listAsked(world.log), g.stderr)
    }
  }
  await world.close()
}, 60000)
