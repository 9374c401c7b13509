import { describe, expect, test } from 'vitest'
import { checkProject } from '../../../src/tasks/check.ts'
import { createProject } from '../../world/project.ts'

const hook = "module.exports = require('jsr-guard/pnpmfile')\n"

async function find(
  files: Readonly<Record<string, string>>,
  version: string | undefined,
  env = {},
) {
  const cwd = await createProject({ 'package.json': {}, 'pnpm-workspace.yaml': '', ...files })
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const { findings } = await checkProject({ cwd, env, home: cwd, npm, pnpm: { version } })
  return findings.filter(({ rule }) => rule === 'guard-bypassed')
}

const guarded = { '.pnpmfile.cjs': hook }

describe('what keeps pnpm from running the hook is an error', () => {
  test.for([
    [
      'ignorePnpmfile',
      { 'pnpm-workspace.yaml': 'ignorePnpmfile: true\n' },
      '10.34.9',
      'pnpm-workspace.yaml',
      1,
    ],
    [
      'lockfileDir',
      { 'pnpm-workspace.yaml': 'a: 1\nlockfileDir: locks\n' },
      '12.21.0',
      'pnpm-workspace.yaml',
      2,
    ],
    [
      'a list without it',
      { 'pnpm-workspace.yaml': 'pnpmfile: [other.cjs]\n' },
      '11.28.11',
      'pnpm-workspace.yaml',
      1,
    ],
    ['a .pnpmfile.mjs', { '.pnpmfile.mjs': '' }, '11.28.11', '.pnpmfile.mjs', undefined],
    [
      'a .pnpmfile.mjs, for nobody knows which pnpm',
      { '.pnpmfile.mjs': '' },
      undefined,
      '.pnpmfile.mjs',
      undefined,
    ],
    ['.npmrc', { '.npmrc': 'ignore-pnpmfile=true\n' }, '9.15.9', '.npmrc', 1],
    ['another file in .npmrc', { '.npmrc': 'pnpmfile=other.cjs\n' }, '10.34.9', '.npmrc', 1],
    [
      '.npmrc, for nobody knows which pnpm',
      { '.npmrc': 'lockfile-dir=a\n' },
      undefined,
      '.npmrc',
      1,
    ],
  ] as const)('%s', async ([, files, version, file, line]) => {
    expect(await find({ ...guarded, ...files }, version)).toMatchObject([
      { severity: 'error', file, line },
    ])
  })

  test.for([
    ['npm_config_ignore_pnpmfile', '9.15.9'],
    ['pnpm_config_ignore_pnpmfile', '11.28.11'],
    ['PNPM_CONFIG_IGNORE_PNPMFILE', '12.21.0'],
    ['npm_config_ignore_pnpmfile', undefined],
  ] as const)('the variable %s, for pnpm %s', async ([name, version]) => {
    expect(await find(guarded, version, { [name]: 'true' })).toMatchObject([
      { file: 'package.json' },
    ])
  })
})

describe('nothing is said of', () => {
  test.for([
    ['a hook that runs', {}, '12.21.0'],
    [
      'a list that names it',
      { 'pnpm-workspace.yaml': 'pnpmfile: [other.cjs, .pnpmfile.cjs]\n' },
      '12.21.0',
    ],
    ['false', { 'pnpm-workspace.yaml': 'ignorePnpmfile: false\n' }, '12.21.0'],
    ['a .pnpmfile.mjs that this version does not read', { '.pnpmfile.mjs': '' }, '10.34.9'],
    [
      '.npmrc where this version does not read it',
      { '.npmrc': 'ignore-pnpmfile=true\n' },
      '11.28.11',
    ],
    ['the folder itself', { 'pnpm-workspace.yaml': 'lockfileDir: .\n' }, '12.21.0'],
    [
      'a hook that is not jsr-guard’s',
      { '.pnpmfile.cjs': 'module.exports = {}\n', 'pnpm-workspace.yaml': 'ignorePnpmfile: true\n' },
      '12.21.0',
    ],
  ] as const)('%s', async ([, files, version]) => {
    expect(await find({ ...guarded, ...files }, version)).toEqual([])
  })
})
