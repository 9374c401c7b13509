/** A lockfile to hold against what real npm makes of it. */
export interface ParityCase {
  readonly title: string
  readonly manifest: object
  readonly lockfile: string
  readonly files?: Readonly<Record<string, string>>
}

type Entries = Readonly<Record<string, unknown>>

const remote = 'https://npm.jsr.io/x.tgz'
const good = { version: '1.0.0', resolved: 'https://npm.corp.example/npm/a/-/a-1.0.0.tgz' }
const integrity = 'sha512-AAAA'

/** Texts that may stand where a lockfile names an address. */
const addresses: readonly string[] = [
  'https://npm.jsr.io/a.tgz',
  'HTTPS://NPM.JSR.IO/a.tgz',
  'https://npm.jsr.io./a.tgz',
  'https:npm.jsr.io/a.tgz',
  'https:/npm.jsr.io/a.tgz',
  'https:///npm.jsr.io/a.tgz',
  'https:\\\\npm.jsr.io\\a.tgz',
  'https://corp.example\\@npm.jsr.io/a.tgz',
  'https://corp.example@npm.jsr.io/a.tgz',
  'https://corp.example:443@npm.jsr.io/a.tgz',
  'https://corp.example#@npm.jsr.io/a.tgz',
  'https://corp.example?@npm.jsr.io/a.tgz',
  'https://npm%2ejsr%2eio/a.tgz',
  'https://npm\u3002jsr.io/a.tgz',
  'https://\uff4epm.jsr.io/a',
  'https://npm.jsr.io%00.corp.example/a',
  'https://2130706433/a.tgz',
  'https://[::1]/a.tgz',
  ' https://npm.jsr.io/a.tgz',
  'https://npm.jsr.io/a.tgz ',
  '\thttps://npm.jsr.io/a.tgz',
  'ht\ttps://npm.jsr.io/a.tgz',
  'https://npm.\njsr.io/a.tgz',
  'https://npm.jsr.io/a b.tgz',
  'a@https://npm.jsr.io/a.tgz',
  '@a/b@https://npm.jsr.io/a.tgz',
  '//npm.jsr.io/a.tgz',
  'npm.jsr.io/a.tgz',
  'npm:@jsr/a@1.0.0',
  'NPM:@jsr/a@1.0.0',
  'jsr:@a/b',
  'latest',
  '1.0.0',
  '^1',
  '',
  '.',
  '/a.tgz',
  './a.tgz',
  '../a.tgz',
  'a.tgz',
  'C:/a.tgz',
  'luca/cases',
  'file:a.tgz',
  'FILE:a.tgz',
  'file:///a.tgz',
  'file://npm.jsr.io/a.tgz',
  'file:../a',
  'git+https://npm.jsr.io/a.git',
  'git+https://a:secret@npm.jsr.io/a.git',
  'github:luca/cases',
  'git+ssh://git@npm.jsr.io/a.git#abc',
  'git+ssh://git@npm.jsr.io:a/b.git#abc',
  'git+ssh://git@npm.jsr.io:22/a.git',
  'git://npm.jsr.io/a.git',
  'git+file:///a',
  'git+rsync://npm.jsr.io/a',
  'git@npm.jsr.io:a/b.git',
  'git+ssh:git@npm.jsr.io/a',
  'ftp://npm.jsr.io/a.tgz',
  'data:,a',
  'workspace:*',
  'link:../a',
  'null',
  'https://',
  'https://%',
]

/** Fields of one entry at the top. */
const fields: Readonly<Record<string, unknown>> = {
  'an address with a hash': { version: '1.0.0', resolved: remote, integrity },
  'an internal address': { version: '1.0.0', _resolved: remote },
  'an internal address beside another': { ...good, _resolved: remote },
  'no address': { version: '1.0.0' },
  'null as address': { version: '1.0.0', resolved: null },
  'a number as address': { version: '1.0.0', resolved: 5 },
  'a list as address': { version: '1.0.0', resolved: [remote] },
  'an object as address': { version: '1.0.0', resolved: { raw: remote } },
  'an address as version': { version: remote },
  'another package as version': { version: 'npm:@jsr/x@1.0.0' },
  'a range as version': { version: '^1' },
  'a tag as version': { version: 'latest' },
  'a version with a v': { version: 'v1.0.0' },
  'a padded version': { version: ' =1.0.0 ' },
  'a repository as version': { version: 'github:luca/cases' },
  'a path as version': { version: 'file:../x.tgz' },
  'a number as version': { version: 5 },
  'no version': {},
  'an address as name': { name: `${remote}?`, version: '1.0.0' },
  'a name with an address': { name: `a@${remote}?`, version: '1.0.0' },
  'a padded name': { name: ' @jsr/x__y ', version: '1.0.0' },
  'another name': { name: '@jsr/x__y', version: '1.0.0' },
  'an empty name': { name: '', version: '1.0.0' },
  'a number as name': { name: 5, version: '1.0.0' },
  'a name in upper case': { name: '@JSR/x__y', version: '1.0.0' },
  'a flag for bundles': { version: '1.0.0', inBundle: true },
  'a link that is none': { version: '1.0.0', resolved: remote, link: 0 },
  'a link to an address': { resolved: remote, link: true },
  'a mark that it is not needed': { version: '1.0.0', resolved: remote, extraneous: true },
  'a mark that it may be missing': { version: '1.0.0', resolved: remote, optional: true },
  null: null,
  'a text': remote,
  'a list': [],
}

/** Whole sets of entries. */
const sets: Readonly<Record<string, Entries>> = {
  'climbing keys': { 'node_modules/../node_modules/a': { version: '1.0.0', resolved: remote } },
  'keys that climb out': { 'node_modules/../../x/node_modules/a': { resolved: remote } },
  'doubled slashes': { 'node_modules//a': { version: '1.0.0', resolved: remote } },
  'a slash at the end': { 'node_modules/a/': { version: '1.0.0', resolved: remote } },
  'a dot before': { './node_modules/a': { version: '1.0.0', resolved: remote } },
  'an absolute key': { '/x/node_modules/a': { version: '1.0.0', resolved: remote } },
  'node_modules itself': { node_modules: { version: '1.0.0', resolved: remote } },
  'a folder inside nothing': { 'node_modules/x/y': { version: '1.0.0', resolved: remote } },
  'a folder inside a package': {
    'node_modules/a': { ...good, dependencies: { b: 'file:./b' } },
    'node_modules/a/b': { version: '1.0.0', resolved: remote },
    'node_modules/b': { resolved: 'node_modules/a/b', link: true },
  },
  'a package below a folder inside a package': {
    'node_modules/a': good,
    'node_modules/a/b': {},
    'node_modules/a/b/node_modules/c': { version: '1.0.0', resolved: remote },
    'node_modules/b': { resolved: 'node_modules/a/b', link: true },
  },
  'a workspace with an address': {
    'packages/a': { version: '1.0.0', resolved: remote },
    'node_modules/a': { resolved: 'packages/a', link: true },
  },
  'a package below a workspace': {
    'packages/a': { version: '1.0.0', dependencies: { b: '*' } },
    'packages/a/node_modules/b': { version: '1.0.0', resolved: remote },
    'node_modules/a': { resolved: 'packages/a', link: true },
  },
  'a package below a folder beside the project': {
    '../a': { version: '1.0.0', dependencies: { b: '*' } },
    '../a/node_modules/b': { version: '1.0.0', resolved: remote },
    'node_modules/a': { resolved: '../a', link: true },
  },
  'a link to a package': {
    'node_modules/b': { version: '1.0.0', resolved: remote },
    'node_modules/a': { resolved: 'node_modules/b', link: true },
  },
  'a package in the store': {
    'node_modules/.store/a@1.0.0-h': {},
    'node_modules/.store/a@1.0.0-h/node_modules/a': { version: '1.0.0', resolved: remote },
    'node_modules/a': { resolved: 'node_modules/.store/a@1.0.0-h/node_modules/a', link: true },
  },
  'names that differ in case': {
    'node_modules/a': good,
    'node_modules/A': { version: '1.0.0', resolved: remote },
  },
  'a bundle': {
    'node_modules/a': { ...good, bundleDependencies: ['b'], dependencies: { b: '*' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true, dependencies: { c: '*' } },
    'node_modules/a/node_modules/c': { version: '1.0.0', inBundle: true },
  },
  'a stranger in a bundle': {
    'node_modules/a': { ...good, bundleDependencies: ['b'], dependencies: { b: '*', c: '*' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
    'node_modules/a/node_modules/c': { version: '1.0.0', inBundle: true },
  },
  'a bundle that does not bundle': {
    'node_modules/a': { ...good, bundleDependencies: false, dependencies: { b: '*' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
  },
  'a bundle of all': {
    'node_modules/a': { ...good, bundleDependencies: true, dependencies: { b: '*' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
  },
  'an address that an entry asks for': {
    'node_modules/a': { ...good, dependencies: { b: remote } },
  },
  'an address that an entry asks for, and another that is locked': {
    'node_modules/a': { ...good, dependencies: { b: remote } },
    'node_modules/b': good,
  },
  'an address that an entry asks for, under a JSR name': {
    'node_modules/a': { ...good, dependencies: { '@jsr/b': 'https://evil.test/b.tgz' } },
    'node_modules/@jsr/b': good,
  },
  'an address that a nested entry finds locked': {
    'node_modules/a': { ...good, dependencies: { b: remote } },
    'node_modules/b': { version: '1.0.0', resolved: remote },
  },
  'a range that nothing meets': {
    'node_modules/a': { ...good, dependencies: { '@jsr/b': '^2' } },
    'node_modules/@jsr/b': good,
  },
}

const yarnLock = `# yarn lockfile v1

a@*:
  version "1.0.0"
  resolved "https://npm.jsr.io/a.tgz"
`

export const parityCases: readonly ParityCase[] = [
  ...addresses.map((resolved) =>
    create(`the address ${JSON.stringify(resolved)}`, {
      'node_modules/a': { version: '1.0.0', resolved, integrity },
    }),
  ),
  ...Object.entries(fields).map(([title, entry]) => create(title, { 'node_modules/a': entry })),
  ...Object.entries(sets).map(([title, entries]) => create(title, entries)),
  {
    title: 'version 2 whose older half says otherwise',
    manifest: { name: 'p', version: '1.0.0', dependencies: { a: '*' } },
    lockfile: JSON.stringify({
      lockfileVersion: 2,
      packages: { '': { dependencies: { a: '*' } }, 'node_modules/a': good },
      dependencies: { a: { version: '1.0.0', resolved: remote } },
    }),
  },
  {
    ...create('a yarn.lock beside a full lockfile', { 'node_modules/a': good }),
    files: { 'yarn.lock': yarnLock },
  },
]

function create(title: string, entries: Entries): ParityCase {
  const names = Object.keys(entries)
    .map((key) => /^node_modules\/((?:@[^/]+\/)?[\w-]+)$/.exec(key)?.[1])
    .filter((name) => name !== undefined)
  const dependencies = Object.fromEntries(names.map((name) => [name, '*']))
  const root = { name: 'p', version: '1.0.0', dependencies }
  const lockfile = { lockfileVersion: 3, requires: true, packages: { '': root, ...entries } }
  return { title, manifest: root, lockfile: JSON.stringify(lockfile) }
}
