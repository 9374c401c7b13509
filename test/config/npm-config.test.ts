import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createNpmConfig } from '../../src/config/npm-config.ts'
import { createEnvironmentLayer, createFileLayer } from '../../src/config/npm-layers.ts'
import { clients, readWithNpmItself } from './npm-itself.ts'

const keys = [
  'registry',
  '@jsr:registry',
  '@JSR:registry',
  '"@jsr:registry"',
  '@jsr:registry[]',
  '${S}:registry',
  '${S?}:registry',
  '//h.example/:_authToken',
  'cafile',
  'strict-ssl',
  'package-lock',
  'shrinkwrap',
  'noproxy',
  'noproxy[]',
  'ca',
  'ca[]',
  'fetch-retries',
  'scope',
  'proxy',
  'a.b',
  'a',
  '\uFEFFregistry',
  '; registry',
  '#registry',
  "'5'",
]
const values = [
  'https://a.example/',
  '"https://b.example/"',
  '"https://q/" ; c',
  "'[1,2]'",
  '\'{"a":1}\'',
  '"true"',
  'true',
  'false',
  'null',
  'undefined',
  '',
  '${V}',
  '${V?}',
  '${U}',
  '${U?}',
  '\\${V}',
  '\\\\${V}',
  '\\\\\\${V?}',
  'x${V}y${U?}z',
  '${',
  'a;b',
  'a\\;b',
  '#x',
  '~/x',
  './x',
  '5',
  '0x10',
  'a\u2028b',
  '"unfinished',
  ' spaced out ',
]
const sections = [
  '[registry]',
  '[x]',
  '[@jsr:registry]',
  '[@jsr:registry.x]',
  '[a.b]',
  '\uFEFF[x]',
  '[__proto__]',
  '[]',
  ' [y]',
]
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...keys),
        fc.constantFrom('=', ' = ', '', '=='),
        fc.constantFrom(...values),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...sections) },
)
const file = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 6 })
  .map((lines) => lines.flat().join(''))
const env = fc.dictionary(
  fc.constantFrom(
    'npm_config_registry',
    'NPM_CONFIG_REGISTRY',
    'npm_config_@jsr:registry',
    'NPM_CONFIG_@JSR:REGISTRY',
    'npm_config__auth',
    'npm_config_strict_ssl',
    'npm_config_//h.example/:_authToken',
    'npm_config_${S}:registry',
    'npm_config_noproxy',
    'npm_config_',
    'S',
    'U',
    's',
  ),
  fc.constantFrom(...values, '@jsr', 'x\n\ny'),
)

test.for(clients)(
  'takes the values that npm $version takes, whatever files and environment say',
  async (client) => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'jsr-guard-config-')))
    try {
      await fc.assert(
        fc.asyncProperty(file, file, file, env, async (project, user, global, extra) => {
          const names = { project: '.npmrc', user: 'user', global: 'global' }
          for (const [name, text] of Object.entries({ project, user, global }))
            writeFileSync(join(cwd, names[name as 'user']), text)
          const home = join(cwd, 'home')
          const environment = {
            HOME: home,
            V: 'value',
            S: '@jsr',
            ...extra,
            npm_config_userconfig: join(cwd, 'user'),
            npm_config_globalconfig: join(cwd, 'global'),
          }
          const npm = await readWithNpmItself(client, { cwd, env: environment }).catch(
            () => undefined,
          )
          if (npm === undefined) {
            expect(() =>
              [project, user, global].map((text) => createFileLayer('user', 'user', text)),
            ).toThrow(TypeError)
            return
          }
          const ours = createNpmConfig({
            layers: [
              createFileLayer('project', '.npmrc', project),
              createFileLayer('user', 'user', user),
              createFileLayer('global', 'global', global),
              createEnvironmentLayer(environment),
            ],
            env: environment,
            version: client.version,
            resolvePath: (text) =>
              text.startsWith('~/') ? resolve(home, text.slice(2)) : resolve(text),
          })
          for (const key of new Set(ours.list().map(([name]) => name))) {
            if (
              key === 'userconfig' ||
              key === 'globalconfig' ||
              key === 'package-lock' ||
              key === 'shrinkwrap'
            )
              continue
            if (ours.get(key)?.layer === 'default') continue
            expect([key, ours.get(key)?.layer, ours.get(key)?.value]).toEqual([
              key,
              npm.find(key),
              npm.get(key),
            ])
          }
        }),
        { numRuns: 3000 },
      )
    } finally {
      rmSync(cwd, { recursive: true })
    }
  },
)
