import { expect, test } from 'vitest'
import { runAlone } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

/**
 * The ways in which the closest peer, lockfile-lint 5.0.1, says that all is well; each ends non-zero
 * here. Numbered as they were found.
 */

const registry = 'https://npm.corp.example/npm/'
const hash = `sha512-${'A'.repeat(86)}==`
const checksum = `10c0/${'a'.repeat(128)}`
const cases = '@jsr/luca__cases'
const good = `${registry}${cases}/-/luca__cases-1.0.1.tgz`
const direct = `https://npm.jsr.io/~/11/${cases}/1.0.1.tgz`

interface Files {
  readonly [file: string]: string | object
}

const npmrc = { '.npmrc': `@jsr:registry=${registry}\nregistry=${registry}\n` }

function berry(key: string, resolution: string): Files {
  return {
    'package.json': { packageManager: 'yarn@4.18.1' },
    '.yarnrc.yml': `npmScopes:\n  jsr:\n    npmRegistryServer: "${registry}"\n`,
    'yarn.lock': `__metadata:\n  version: 8\n\n"${key}":\n  version: 1.0.1\n  resolution: "${resolution}::__archiveUrl=${encodeURIComponent(direct)}"\n  checksum: ${checksum}\n  languageName: node\n  linkType: hard\n`,
  }
}

function npmLock(entry: object, name = cases): Files {
  const dependencies = { [name]: '^1' }
  const root = { name: 'p', dependencies }
  return {
    'package.json': root,
    'package-lock.json': {
      name: 'p',
      lockfileVersion: 3,
      packages: { '': root, [`node_modules/${name}`]: { version: '1.0.1', ...entry } },
    },
  }
}

function yarnLock(lines: readonly string[], pattern = `${cases}@^1`): Files {
  return {
    'package.json': { packageManager: 'yarn@1.22.22', dependencies: { [cases]: '^1' } },
    'yarn.lock': `# yarn lockfile v1\n\n\n"${pattern}":\n  version "1.0.1"\n${lines.map((line) => `  ${line}\n`).join('')}`,
  }
}

const rows: readonly (readonly [
  title: string,
  files: Files,
  exitCode: number,
  output: RegExp,
  args?: readonly string[],
])[] = [
  [
    '1 addresses of archives in a lockfile of Yarn 4',
    berry(`${cases}@npm:^1`, `${cases}@npm:1.0.1`),
    1,
    /direct-resolution/,
  ],
  [
    '2 jsr: in a lockfile of Yarn 4',
    berry('@luca/cases@jsr:^1', '@luca/cases@jsr:1.0.1'),
    1,
    /direct-resolution/,
  ],
  ['3 no address and no hash, npm', { ...npmLock({}), ...npmrc }, 1, /missing-integrity/],
  ['3 no address and no hash, Yarn 1', { ...yarnLock([]), ...npmrc }, 1, /missing-integrity/],
  [
    '4 no address, and a registry that nothing maps',
    npmLock({ integrity: hash }),
    1,
    /foreign-resolution[^]*public-route/,
    ['--registry', registry],
  ],
  ['5 nothing there', {}, 3, /nothing|NOTHING/],
  ['5 no such folder', {}, 2, /USAGE/, ['--cwd', 'nowhere']],
  [
    '6 a typing error in an option',
    { ...npmLock({ resolved: good, integrity: hash }), ...npmrc },
    2,
    /--registri/,
    ['--registri', registry],
  ],
  [
    '7 a broken policy',
    { ...npmLock({ resolved: good, integrity: hash }), ...npmrc, 'jsr-guard.json': '{' },
    2,
    /POLICY/,
  ],
  [
    '8 the right host and another repository',
    {
      ...npmLock({ resolved: good.replace('/npm/', '/npm-untrusted/'), integrity: hash }),
      ...npmrc,
    },
    1,
    /foreign-resolution/,
  ],
  [
    '9 another package on the right host',
    {
      ...npmLock({ resolved: `${registry}@jsr/evil__pkg/-/evil__pkg-1.0.1.tgz`, integrity: hash }),
      ...npmrc,
    },
    1,
    /name-mismatch/,
  ],
  [
    '10 no address',
    { ...npmLock({ resolved: 'not a url', integrity: hash }), ...npmrc },
    1,
    /unknown-source/,
  ],
  [
    '10 a file elsewhere',
    { ...npmLock({ resolved: 'file:../evil.tgz', integrity: hash }), ...npmrc },
    1,
    /foreign-resolution/,
  ],
  [
    '10 a repository',
    { ...npmLock({ resolved: `github:evil/a#${'a'.repeat(40)}`, integrity: hash }), ...npmrc },
    1,
    /foreign-resolution/,
  ],
  [
    '10 credentials',
    { ...npmLock({ resolved: good.replace('//', '//user:secret@'), integrity: hash }), ...npmrc },
    1,
    /unknown-source/,
  ],
  [
    '11 a bad file before another bad one',
    { ...npmLock({ resolved: direct, integrity: hash }), 'bun.lock': '{', ...npmrc },
    1,
    /bun\.lock[^]*package-lock\.json/,
  ],
  [
    '14 another host of the same vendor',
    {
      ...npmLock({
        resolved: good.replace('npm.corp.example', 'shard-2.corp.example'),
        integrity: hash,
      }),
      ...npmrc,
    },
    1,
    /foreign-resolution/,
  ],
]

test.for(rows)('%s', async ([, files, exitCode, output, args = []]) => {
  const cwd = await createProject(files)
  const result = await runAlone(cwd, ['check', ...args])
  expect(`${result.stdout}${result.stderr}`).toMatch(output)
  expect(result.exitCode).toBe(exitCode)
  expect(result.stdout).not.toContain('secret')
})

test('12 and 13: thousands of entries give one finding each, all of them printed', async () => {
  const entries = Array.from({ length: 3000 }, (_, index) => [
    `node_modules/@jsr/s__n${index}`,
    {
      version: '1.0.0',
      resolved: `https://npm.jsr.io/~/11/@jsr/s__n${index}/1.0.0.tgz`,
      integrity: hash,
    },
  ])
  const cwd = await createProject({
    'package.json': {},
    'package-lock.json': {
      lockfileVersion: 3,
      packages: { '': {}, ...Object.fromEntries(entries) },
    },
    'yarn.lock': '# yarn lockfile v1\n',
    'bun.lock': '{ "lockfileVersion": 1, "packages": {} }',
    ...npmrc,
  })
  const { stdout, exitCode } = await runAlone(cwd, ['check', '--format', 'json'])
  expect(exitCode).toBe(1)
  expect(stdout.match(/"rule": ?"direct-resolution"/g)).toHaveLength(3000)
})
