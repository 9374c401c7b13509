import { expect, test } from 'vitest'
import type { InstallCommand } from '../../src/client/npm-plan.ts'
import type { PhasePlan } from '../../src/client/phase-plan.ts'
import { planPnpm } from '../../src/client/pnpm-plan.ts'
import { parsePnpmArguments } from '../../src/config/pnpm-arguments.ts'

function plan(command: InstallCommand, ...args: readonly string[]): PhasePlan {
  const parsed = parsePnpmArguments(args)
  return planPnpm({ command, parsed, packages: parsed.packages })
}

test('install makes the lockfile first, then installs what it says', () => {
  expect(plan('install', '--prod', '--no-frozen-lockfile')).toEqual({
    lockArguments: ['install', '--prod', '--no-frozen-lockfile', '--lockfile-only'],
    installArguments: ['install', '--prod', '--frozen-lockfile'],
    changesLockfile: false,
    mayLock: true,
    isOffline: false,
  })
})

test('what is added is saved in the first phase alone', () => {
  expect(plan('add', '-D', '-E', '--filter=app', 'is-tiny')).toMatchObject({
    lockArguments: ['add', '-D', '-E', '--filter=app', '--lockfile-only', 'is-tiny'],
    installArguments: ['install', '--filter=app', '--frozen-lockfile'],
    changesLockfile: true,
  })
})

test('a package that is named makes an install an add', () => {
  expect(plan('install', 'is-tiny').lockArguments).toEqual(['add', '--lockfile-only', 'is-tiny'])
})

test('update looks for newer versions in the first phase alone', () => {
  expect(plan('update', '--latest', '-r', 'is-tiny')).toMatchObject({
    lockArguments: ['update', '--latest', '-r', '--lockfile-only', 'is-tiny'],
    installArguments: ['install', '-r', '--frozen-lockfile'],
    changesLockfile: true,
  })
})

test('a lockfile that must stay as it is has no first phase', () => {
  expect([plan('ci').mayLock, plan('install', '--frozen-lockfile').mayLock]).toEqual([false, false])
})

test('who wants the lockfile alone gets no second phase', () => {
  expect(plan('install', '--lockfile-only')).toMatchObject({
    lockArguments: ['install', '--lockfile-only'],
    installArguments: undefined,
  })
})

test('ci takes no package', () => {
  expect(() => plan('ci', 'is-tiny')).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_UNSUPPORTED' }),
  )
})
