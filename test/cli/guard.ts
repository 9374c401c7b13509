import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runGuard, type RunResult } from '../world/run.ts'

/** Runs the built jsr-guard with nothing of the machine's: an empty home, and no npm to be found. */
export async function runAlone(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return await runGuard(args, { cwd, env: { ...(await emptyEnv()), ...env } })
}

/** An environment with an empty home, and no npm on the path. */
export async function emptyEnv(): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'jsr-guard-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return { HOME: home, USERPROFILE: home, PATH: home, NO_COLOR: '1' }
}

/** A lockfile of npm's with these entries below the root. */
export function lockfile(entries: Readonly<Record<string, object>>, root: object = {}): object {
  return { name: 'p', lockfileVersion: 3, requires: true, packages: { '': root, ...entries } }
}

export const registry = 'https://npm.corp.example/npm/'

export const integrity = `sha512-${'a'.repeat(86)}==`

/** `@luca/cases` as a private registry's lockfile has it. */
export const goodCases = {
  name: '@jsr/luca__cases',
  version: '1.0.1',
  resolved: `${registry}@jsr/luca__cases/-/luca__cases-1.0.1.tgz`,
  integrity,
}

/** A project in which all is well. */
export function goodProject(): Record<string, string | object> {
  const dependencies = { '@luca/cases': 'npm:@jsr/luca__cases@^1' }
  return {
    'package.json': { name: 'p', dependencies },
    'package-lock.json': lockfile(
      { 'node_modules/@luca/cases': goodCases },
      { name: 'p', dependencies },
    ),
    '.npmrc': `@jsr:registry=${registry}\nregistry=${registry}\n`,
  }
}

/** The same, locked to JSR. */
export function leakyProject(): Record<string, string | object> {
  const resolved = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
  return {
    ...goodProject(),
    'package-lock.json': lockfile(
      { 'node_modules/@luca/cases': { ...goodCases, resolved } },
      { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
    ),
  }
}
