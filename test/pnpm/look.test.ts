import { expect, test } from 'vitest'
import { createPnpmfile } from '../../src/pnpm/hook.ts'
import type { HookMachine } from '../../src/pnpm/machine.ts'

/** A machine on which opening the project shows, and fails. */
function createMachine(...args: readonly string[]): HookMachine {
  return {
    argv: ['/opt/node/bin/node', '/opt/pnpm/bin/pnpm.cjs', ...args],
    isWorker: false,
    findVersion: () => Promise.resolve('10.34.9'),
    today: () => '2026-11-28',
    open: () => Promise.reject(new Error('the project is opened')),
  }
}

const config = { registries: { default: 'https://npm.corp.example/' }, dir: '/project' }

test.for(['list', 'ls', 'la', 'll', 'why'])(
  'pnpm %s costs no look at the project',
  async (name) => {
    const { hooks } = createPnpmfile(createMachine(name, 'jsr'))
    expect(await hooks.updateConfig?.(config)).toBe(config)
  },
)

test.for([['install'], ['add', 'list'], ['-r', 'list'], ['--', 'list'], ['List'], []])(
  'pnpm %j sets the route',
  async (args) => {
    const { hooks } = createPnpmfile(createMachine(...args))
    await expect(hooks.updateConfig?.(config)).rejects.toThrow('the project is opened')
  },
)

test('what looks only, and reads a manifest after all, meets the gate', async () => {
  const { hooks } = createPnpmfile(createMachine('list'))
  await hooks.updateConfig?.(config)
  const read = async () => await hooks.readPackage?.({ name: 'a' }, { log: () => {} })
  await expect(read()).rejects.toThrow('the project is opened')
})
