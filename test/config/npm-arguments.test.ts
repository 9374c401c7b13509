import { expect, test } from 'vitest'
import { parseNpmArguments } from '../../src/config/npm-arguments.ts'
import { clients } from '../clients/clients.ts'
import { readWithNpmItself } from './npm-itself.ts'

test.for([
  { args: ['jsr:@luca/cases', 'left-pad'], packages: ['jsr:@luca/cases', 'left-pad'] },
  {
    args: ['-D', 'a', '--save-exact', 'b'],
    settings: { 'save-dev': true, 'save-exact': true },
    packages: ['a', 'b'],
  },
  {
    args: ['--registry', 'https://a.example', 'b'],
    settings: { registry: 'https://a.example/' },
    packages: ['b'],
  },
  { args: ['--reg=https://a.example/'], settings: { registry: 'https://a.example/' } },
  {
    args: ['--@jsr:registry=https://a.example'],
    settings: { '@jsr:registry': 'https://a.example' },
  },
  {
    args: ['--@jsr:registry', 'https://a.example'],
    settings: { '@jsr:registry': true },
    packages: ['https://a.example'],
  },
  { args: ['--@jsr:registry=a', '--@jsr:registry=b'], settings: { '@jsr:registry': ['a', 'b'] } },
  { args: ['--no-package-lock', 'a'], settings: { 'package-lock': false }, packages: ['a'] },
  { args: ['--package-lock', 'false', 'a'], settings: { 'package-lock': false }, packages: ['a'] },
  { args: ['--no-no-save'], settings: { save: true } },
  { args: ['-gf', 'a'], settings: { global: true, force: true }, packages: ['a'] },
  {
    args: ['--', '--registry=https://a.example/', '-g'],
    packages: ['--registry=https://a.example/', '-g'],
  },
  {
    args: ['--omit', 'dev', '--omit=peer', 'a'],
    settings: { omit: ['dev', 'peer'] },
    packages: ['a'],
  },
  { args: ['-w', 'a', 'b'], settings: { workspace: ['a'] }, packages: ['b'] },
  { args: ['--no-workspaces'], settings: { workspaces: false } },
  { args: ['--location=global'], settings: { location: 'global' } },
  { args: ['--location=elsewhere'], settings: {} },
  { args: ['--registry=nowhere'], settings: {} },
  { args: ['--prefix', '/x'], settings: { prefix: '/x' } },
  { args: ['--allow-remote=none'], settings: { 'allow-remote': 'none' } },
  { args: ['--//a.example/:_authToken=t'], settings: { '//a.example/:_authToken': 't' } },
  { args: ['--unknown', 'a'], settings: { unknown: true }, packages: ['a'] },
])('reads $args as every npm does', async ({ args, settings = {}, packages = [] }) => {
  const ours = parseNpmArguments(args)
  expect(ours).toMatchObject({ settings, packages })
  expect(Object.keys(ours.settings)).toEqual(Object.keys(settings))
  for (const client of clients) {
    const npm = await readWithNpmItself(client, { cwd: '/', env: {}, argv: args })
    expect(npm.parsedArgv.remain).toEqual(packages)
    expect(npm.data.get('cli')?.raw).toEqual(settings)
  }
})

test('paths stay as they are written', () => {
  const { settings } = parseNpmArguments(['--prefix=../x', '--userconfig', '~/npmrc', '--cafile'])
  expect(settings).toEqual({ prefix: '../x', userconfig: '~/npmrc' })
})

test('abbreviations count, and are named', () => {
  const { settings, abbreviated } = parseNpmArguments(['--regis=https://a.example/'])
  expect({ settings, abbreviated }).toEqual({
    settings: { registry: 'https://a.example/' },
    abbreviated: ['regis'],
  })
})

test('what npm does not define, and values of the wrong type, are named', () => {
  const found = parseNpmArguments(['--jsr-guard', '--@jsr:registry=x', '--registry=nowhere'])
  expect(found).toMatchObject({ unknown: ['jsr-guard', '@jsr:registry'], invalid: ['registry'] })
})

test('the arguments that are given are left alone', () => {
  const args = Object.freeze(['--registry=https://a.example/', 'b'])
  parseNpmArguments(args)
  expect(args).toEqual(['--registry=https://a.example/', 'b'])
})
