import { readFileSync } from 'node:fs'
import type { Published, PackageSource } from './world.ts'

/** What the packages of a world need of it. */
export interface Publisher {
  publish(source: PackageSource): Published
  published(name: string, version: string): Published
  jsrTarballUrl(name: string, version: string): string
}

/** Publishes the packages that every world has. */
export function publishPackages(publisher: Publisher): void {
  for (const version of ['1.0.0', '1.0.1']) publisher.publish(casesOf(version))
  for (const version of ['1.0.5', '1.0.6']) publisher.publish(internalOf(version))
  for (const version of ['1.0.8', '1.1.0']) publisher.publish(pathOf(version))
  const plain = { name: 'is-tiny', version: '1.0.0', files: { 'index.js': isTiny } }
  publisher.publish({ ...plain, manifest: { main: 'index.js' } })
  for (const [name, manifest] of Object.entries(dependents)) {
    publisher.publish({ name, version: '1.0.0', manifest, files: { 'index.js': '' } })
  }
  publisher.publish(bundler)
  publisher.publish(scripted)
  publisher.publish(shrinkwrappedBy(publisher))
  publisher.publish({
    name: 'sneaky',
    version: '1.0.0',
    tarball: publisher.jsrTarballUrl('sneaky', '1.0.0'),
  })
}

/** Packages that only depend on others, each in a way of its own. */
const dependents = {
  'needs-jsr': { dependencies: { '@luca/cases': 'jsr:^1' } },
  'uses-cases': { dependencies: { '@jsr/luca__cases': '^1' } },
  'optional-cases': { optionalDependencies: { '@jsr/luca__cases': '^1' } },
} as const

const isTiny = 'module.exports = (value) => value < 1e-9\n'

const bundler: PackageSource = {
  name: 'bundler',
  version: '1.0.0',
  manifest: { dependencies: { 'is-tiny': '1.0.0' }, bundleDependencies: ['is-tiny'] },
  files: {
    'index.js': "module.exports = require('is-tiny')\n",
    'node_modules/is-tiny/package.json': JSON.stringify({ name: 'is-tiny', version: '1.0.0' }),
    'node_modules/is-tiny/index.js': isTiny,
  },
}

const scripted: PackageSource = {
  name: 'with-script',
  version: '1.0.0',
  manifest: { scripts: { install: 'node install.cjs' } },
  files: { 'install.cjs': readFileSync(new URL('with-script.cjs', import.meta.url), 'utf8') },
}

function casesOf(version: string): PackageSource {
  const javascript =
    'export const pascalCase = (text) =>\n  text.replace(/(?:^|[-_ ])(\\w)/g, (_, letter) => letter.toUpperCase())\n'
  const types = 'export declare function pascalCase(text: string): string;\n'
  return jsrPackage('luca', 'cases', { version, javascript, types })
}

function internalOf(version: string): PackageSource {
  const javascript = 'export const isWindows = false\n'
  const types = 'export declare const isWindows: boolean;\n'
  return jsrPackage('std', 'internal', { version, javascript, types })
}

function pathOf(version: string): PackageSource {
  const javascript =
    "import { isWindows } from '@jsr/std__internal'\nexport const separator = isWindows ? '\\\\' : '/'\n"
  const types = 'export declare const separator: string;\n'
  const dependencies = { '@jsr/std__internal': '^1.0.5' }
  return jsrPackage('std', 'path', { version, javascript, types, dependencies })
}

interface JsrContent {
  readonly version: string
  readonly javascript: string
  readonly types: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A package in the shape in which JSR builds them for npm. */
function jsrPackage(scope: string, name: string, content: JsrContent): PackageSource {
  const { version, javascript, types, dependencies = {} } = content
  return {
    name: `@jsr/${scope}__${name}`,
    version,
    manifest: {
      homepage: `https://jsr.io/@${scope}/${name}`,
      type: 'module',
      dependencies,
      exports: { '.': { types: './_dist/mod.d.ts', default: './mod.js' } },
      _jsr_revision: 11,
    },
    files: {
      'jsr.json': JSON.stringify({ name: `@${scope}/${name}`, version, exports: './mod.ts' }),
      'mod.js': javascript,
      '_dist/mod.d.ts': types,
    },
  }
}

/** A package whose own shrinkwrap names JSR, whatever the installing project configured. */
function shrinkwrappedBy(publisher: Publisher): PackageSource {
  const jsrName = '@jsr/luca__cases'
  const { jsrIntegrity: integrity } = publisher.published(jsrName, '1.0.0')
  const dependencies = { [jsrName]: '1.0.0' }
  const own = { name: 'shrinkwrapped', version: '1.0.0' }
  const locked = {
    version: '1.0.0',
    resolved: publisher.jsrTarballUrl(jsrName, '1.0.0'),
    integrity,
  }
  const packages = { '': { ...own, dependencies }, [`node_modules/${jsrName}`]: locked }
  return {
    ...own,
    manifest: { dependencies },
    packument: { _hasShrinkwrap: true },
    files: { 'npm-shrinkwrap.json': JSON.stringify({ ...own, lockfileVersion: 3, packages }) },
  }
}
