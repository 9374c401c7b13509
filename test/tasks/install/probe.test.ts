import { test } from 'vitest'
import { startWorld } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, listAsked } from './trial.ts'
test('x', async () => {
  const world = await startWorld({ jsrVariant: 'marked' })
  await world.serve('[::ffff:c000:24d]', (_, r) =>
    r.end(world.published(jsrName, '1.0.0').jsrTarball),
  )
  for (const resolved of [
    'https://npm\u3002jsr\uff0eio/~/11/@jsr/luca__cases/1.0.0.tgz',
    'http://[::ffff:192.0.2.77]/~/11/@jsr/luca__cases/1.0.0.tgz',
  ])
    for (const major of ['10', '11', '12']) {
      const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }
      const o = await runBare(world, clientOf(major), {
        files: {
          'package.json': { name: 'p', dependencies },
          '.npmrc': world.npmrc('good'),
          'package-lock.json': lockfileOf(dependencies, {
            'node_modules/@luca/cases': lockedCases(world, { resolved }),
            'node_modules/is-tiny': lockedTiny(world),
          }),
        },
        args: ['ci'],
      })
      console.log(resolved, major, o.exitCode, o.stderr, o.marked, listAsked(world.log))
    }
  await world.close()
}, 60000)
