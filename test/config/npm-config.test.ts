import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createNpmConfig, type NpmConfig } from '../../src/config/npm-config.ts'
import {
  createArgumentsLayer,
  createEnvironmentLayer,
  createFileLayer,
} from '../../src/config/npm-layers.ts'

interface Source {
  readonly project?: string
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: Readonly<Record<string, unknown>>
  readonly version?: string
  readonly platform?: string
}

function configure({ project = '', user = '', env = {}, args = {}, ...rest }: Source): NpmConfig {
  const layers = [
    createArgumentsLayer(args),
    createFileLayer('project', '.npmrc', project),
    createFileLayer('user', '~/.npmrc', user),
    createEnvironmentLayer(env),
  ]
  return createNpmConfig({ layers, env, version: '11.21.2', ...rest })
}

test.for([
  {
    source: { project: 'save=false', env: { npm_config_save: 'true' } },
    setting: { layer: 'env', from: 'npm_config_save (environment)', file: undefined },
  },
  {
    source: { env: { npm_config_save: 'true' }, args: { save: false } },
    setting: { layer: 'cli', from: '--save (command line)', line: undefined },
  },
  {
    source: { user: '\nsave=false' },
    setting: { layer: 'user', from: '~/.npmrc:2', file: '~/.npmrc', line: 2 },
  },
  { source: {}, setting: { layer: 'default', from: "npm's default" } },
])('says what decides a setting: $setting.from', ({ source, setting }) => {
  expect(configure(source).get('save')).toMatchObject(setting)
})

test('what is not set has no setting', () => {
  expect(configure({}).get('@jsr:registry')).toBeUndefined()
})

test('a key that is set to nothing hides the layers below', () => {
  const config = configure({ project: '@jsr:registry=', user: '@jsr:registry=https://a.example/' })
  expect(config.get('@jsr:registry')).toMatchObject({ from: '.npmrc:1' })
  expect(config.get('@jsr:registry')?.value).toBe('')
})

test.for([
  { key: 'save', text: 'save=', value: true },
  { key: 'save', text: 'save=0', value: '0' },
  { key: 'fetch-retries', text: 'fetch-retries=0x10', value: 16 },
  { key: 'location', text: 'location=null', value: null },
  { key: 'scope', text: 'scope=null', value: null },
  { key: 'scope', text: 'scope="${NULL}"', value: 'null' },
  { key: 'noproxy', text: 'noproxy=a', value: ['a'] },
  { key: 'noproxy', text: 'noproxy[]=${NULL}', value: ['null'] },
  { key: 'x', text: 'x[]=${NULL}', value: ['${NULL}'] },
])('a value is read by the type of its key: $text', ({ key, text, value }) => {
  const config = configure({ project: text, env: { NULL: 'null' } })
  expect(config.get(key)?.value).toEqual(value)
})

test.for([
  { version: '10.9.9', value: '${A?}' },
  { version: '11.5.2', value: '${A?}' },
  { version: '11.6.0', value: '' },
  { version: '12.2.0', value: '' },
  { version: undefined, value: '${A?}' },
])('npm $version takes ${A?} for "$value"', ({ version, value }) => {
  const layers = [createFileLayer('user', '~/.npmrc', 'a=${A?}')]
  expect(createNpmConfig({ layers, env: {}, version }).get('a')?.value).toBe(value)
})

test.for([
  { version: '10.9.9', value: undefined },
  { version: '11.13.0', value: undefined },
  { version: '11.14.0', value: 'all' },
  { version: '12.0.0', value: 'none' },
  { version: undefined, value: undefined },
])('npm $version has $value for allow-remote', ({ version, value }) => {
  const config = createNpmConfig({ layers: [], env: {}, version })
  expect(config.get('allow-remote')?.value).toBe(value)
})

test.for([
  { version: '11.21.2', value: false },
  { version: '12.0.0', value: true },
  { version: undefined, value: false },
])('npm $version takes shrinkwrap=false for package-lock=$value', ({ version, value }) => {
  const layers = [createFileLayer('user', '~/.npmrc', 'shrinkwrap=false\npackage-lock=true')]
  expect(createNpmConfig({ layers, env: {}, version }).get('package-lock')?.value).toBe(value)
})

test('variables are found in any case on Windows, and only there', () => {
  const source = { project: 'a=${path}', env: { Path: 'x' } }
  expect(configure({ ...source, platform: 'win32' }).get('a')?.value).toBe('x')
  expect(configure({ ...source, platform: 'linux' }).get('a')?.value).toBe('${path}')
})

test('a variable is no property that every object has', () => {
  expect(configure({ project: 'a=${constructor}' }).get('a')?.value).toBe('${constructor}')
})

test.for([
  { project: '[jsr]\n@jsr:registry=x', found: [{ section: 'jsr', line: 2 }] },
  { project: '@JSR:registry=x', found: [{ key: '@JSR:registry', section: undefined, line: 1 }] },
  { project: '[a]\n@Jsr:Registry=x', found: [{ key: '@Jsr:Registry', section: 'a' }] },
  { project: '@jsr:registry=x', found: [] },
  { project: '[jsr]\n@jsr-x:registry=x', found: [] },
])('finds what reads like a mapping and is none: $project', ({ project, found }) => {
  const settings = configure({ project }).findOverlooked('@jsr:registry')
  expect(settings).toHaveLength(found.length)
  expect(settings).toMatchObject(found)
})

test('printing a configuration shows no value', () => {
  const config = configure({
    project:
      '//a.example/:_authToken=s3cret\nproxy=http://u:s3cret@p.example/\n//b.example/:_auth=${T}',
    env: { T: 's3cret', 'npm_config_//c.example/:_password': 's3cret' },
    args: { '//d.example/:_authToken': 's3cret' },
  })
  const shown = [config, config.list(), config.get('//a.example/:_authToken')]
  expect(config.get('//a.example/:_authToken')?.value).toBe('s3cret')
  expect(JSON.stringify(shown) + inspect(shown, { depth: 9 })).not.toContain('s3cret')
})
