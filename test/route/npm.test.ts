import { expect, test } from 'vitest'
import { createNpmConfig, type NpmConfig } from '../../src/config/npm-config.ts'
import { createEnvironmentLayer, createFileLayer } from '../../src/config/npm-layers.ts'
import { createRouteFinder } from '../../src/route/clients.ts'
import { findNpmRoute } from '../../src/route/npm.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'

function configure(text: string, env: Readonly<Record<string, string>> = {}): NpmConfig {
  const layers = [createFileLayer('project', '.npmrc', text), createEnvironmentLayer(env)]
  return createNpmConfig({ layers, env, version: '11.21.2' })
}

const mapped = '@jsr:registry=https://jsr.example/\n@corp:registry=https://corp.example/\n'
test.for([
  { name: '@jsr/luca__cases', url: 'https://jsr.example/' },
  { name: '@corp/lib', url: 'https://corp.example/' },
  { name: '@jsr-evil/luca__cases', url: publicNpmRegistry },
  { name: '@JSR/luca__cases', url: publicNpmRegistry },
  { name: 'jsr/luca__cases', url: publicNpmRegistry },
  { name: '@jsr', url: publicNpmRegistry },
  { name: 'left-pad', url: publicNpmRegistry },
])('a mapping holds for packages of its scope and no others: $name', ({ name, url }) => {
  expect(findNpmRoute(configure(mapped), name).url?.href).toBe(url)
  expect(createRouteFinder('npm', configure(mapped))(name).url?.href).toBe(url)
})

test.for([
  { value: 'https://a.example/npm', url: 'https://a.example/npm/' },
  { value: 'https://a.example:443/npm', url: 'https://a.example/npm/' },
  { value: 'https://[::1]:4873/', url: 'https://[::1]:4873/' },
  { value: 'https://npm.jsr.io.evil.test/', url: 'https://npm.jsr.io.evil.test/' },
  { value: 'https://NPM.JSR.IO./', url: 'https://npm.jsr.io./' },
  { value: 'https://a.example@npm.jsr.io/', url: 'https://npm.jsr.io/' },
  { value: 'https://npm.jsr.io:pw@a.example/', url: 'https://a.example/' },
  { value: 'https://a.example/x/../npm', url: 'https://a.example/npm/' },
])('an address is read as npm sends it: $value', ({ value, url }) => {
  expect(findNpmRoute(configure(`@jsr:registry=${value}`), '@jsr/a__b').url?.href).toBe(url)
})

test.for([
  'a.example',
  '//a.example/',
  'https:a.example',
  'https:/npm.jsr.io/',
  'https:\\\\npm.jsr.io\\',
  'https://npm.jsr.io\\\\@a.example/',
  'https://a.example@b@npm.jsr.io/',
  'https://a.example/?to=npm.jsr.io',
  'https://a.example/\\#',
  'https://n\u00ADpm.jsr.io/',
  'https://npm\uFF0Ejsr.io/',
  'https://npm.jsr%2eio/',
  'https://a.example/\u0001',
  'https:// a.example/',
  'ftp://a.example/',
  'file:///a',
  'javascript:0',
  'https://',
  'https://a.example:port/',
])('an address that not every parser reads alike is none: %s', (value) => {
  const route = findNpmRoute(configure(`@jsr:registry=${value}`), '@jsr/a__b')
  expect(route).toMatchObject({ url: undefined, kind: 'scope', from: '.npmrc:1' })
})

test.for([
  { value: 'https://user:s3cret@a.example/npm/', text: 'https://a.example/npm/' },
  { value: 'https://s3cret@a.example/npm/', text: 'https://a.example/npm/' },
  { value: 'https://a.example/?key=s3cret', text: 'https://a.example/?***' },
  { value: 'htps://user:s3cret@a.example/npm/', text: 'htps://a.example/npm/' },
  { value: 'user:s3cret@a.example/npm/', text: 'a.example/npm/' },
  { value: 'https://user:s3cr@et@ a.example/', text: 'https:// a.example/' },
  { value: '${TOKEN}', text: '${TOKEN}' },
  { value: 'https//${TOKEN}/x', text: 'https//${TOKEN}/x' },
])('the text of a route holds no secret: $value', ({ value, text }) => {
  const config = configure(`@jsr:registry=${value}`, { TOKEN: 's3cret' })
  expect(findNpmRoute(config, '@jsr/a__b').text).toBe(text)
})

test.for([
  { text: '@jsr:registry', shown: 'true' },
  { text: '@jsr:registry[]=https://a.example/', shown: 'a list' },
  { text: '[@jsr:registry]\nx=1', shown: 'a section' },
  { text: 'registry', shown: 'true' },
  { text: 'registry=false', shown: 'false' },
  { text: 'registry=null', shown: 'null' },
  { text: 'registry=', shown: '' },
])('a value that is no text leaves the route open: $text', ({ text, shown }) => {
  const route = findNpmRoute(configure(text), '@jsr/a__b')
  expect(route).toMatchObject({ url: undefined, text: shown, from: '.npmrc:1', line: 1 })
})

test.for(['scope=corp', 'scope=@corp'])(
  'with %s the registry of that scope is the default',
  (line) => {
    const config = configure(`${line}\n@corp:registry=https://corp.example/`)
    const expected = { url: new URL('https://corp.example/'), kind: 'default', from: '.npmrc:2' }
    expect(findNpmRoute(config, '@jsr/a__b')).toMatchObject(expected)
    expect(findNpmRoute(config, 'left-pad')).toMatchObject(expected)
  },
)

test('a scope without a value is the scope @true', () => {
  const config = configure('scope\n@true:registry=https://npm.jsr.io/')
  expect(findNpmRoute(config, '@jsr/a__b').url?.href).toBe('https://npm.jsr.io/')
})

test('a route of no file names none', () => {
  const config = configure('', { NPM_CONFIG_REGISTRY: 'https://a.example/' })
  const from = 'NPM_CONFIG_REGISTRY (environment)'
  expect(findNpmRoute(config, 'x')).toMatchObject({ from, file: undefined, line: undefined })
})
