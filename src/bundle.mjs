/**
 * Puts the program's own modules together, after `tsc` and in place of its `dist/bin.js`: loading a
 * hundred small files took longer than judging a lockfile. The library stays what `tsc` makes.
 *
 * Readable on purpose: nothing is minified, names are kept, and each module stands under its path,
 * so that a stack trace can be followed.
 *
 * npm packages stay outside, but for the few small ones that a check loads: loading them one
 * by one took as long as parsing a lockfile of 5 MB. They are dependencies of the same exact versions
 * all the same, so audits see them, and the library uses those.
 *
 * The pnpm hook becomes one CommonJS file that needs nothing beside it, since it is copied into
 * repositories; so it carries its licenses inside.
 *
 *     node src/bundle.mjs
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

const included = [
  'fastest-levenshtein',
  'ini',
  'js-yaml',
  'jsonc-parser',
  'npm-registry-fetch/lib/default-opts.js',
  'semver/classes/range.js',
  'semver/classes/semver.js',
  'smol-toml',
]

/**
 * Some of node's own modules, taken as they are at hand: to import one makes node read everything that
 * it exports, and so load what few ask for, or open standard input. That took 10 ms of each start.
 */
const atHand = {
  name: 'at-hand',
  resolveId: (id) => (modulesAtHand.includes(id) ? `${prefix}${id}` : undefined),
  load: async (id) => {
    if (!id.startsWith(prefix)) return undefined
    const name = id.slice(prefix.length)
    const names = Object.keys(await import(name)).filter((each) => each !== 'default')
    const itself = name.replace(':', '_')
    const code = [
      `const ${itself} = globalThis.process.getBuiltinModule('${name}')`,
      `export default ${itself}`,
      ...names.map((each) => `export const ${each} = /* @__PURE__ */ (() => ${itself}.${each})()`),
    ]
    return { code: code.join('\n'), moduleSideEffects: false }
  },
}
const modulesAtHand = ['node:buffer', 'node:process', 'node:util', 'node:v8']
const prefix = '\0at-hand:'

/** Of the pnpm hook: what it seldom needs, and which exports. */
const commonJsPackages = {
  'js-yaml': [
    'CORE_SCHEMA',
    'EVENT_ID',
    'getScalarValue',
    'loadAll',
    'mergeTag',
    'parseEvents',
    'SCALAR_STYLE',
    'YAMLException',
  ],
  'jsonc-parser': ['getNodeValue', 'parseTree'],
}
const commonJsFolder = 'as-commonjs'
/** The files that were put together so. */
const commonJs = new Set()
const inPlaceId = '\0fs-in-place'

const common = {
  cwd: root,
  platform: 'node',
  // jsonc-parser's other entry finds its parts by a `require` that cannot be seen from outside.
  resolve: { mainFields: ['module', 'main'] },
}

const isIncluded = (id) => included.includes(id) || modulesAtHand.includes(id)

const bundle = await rolldown({
  ...common,
  plugins: [atHand],
  input: 'src/bin.ts',
  external: (id) => !/^[.\0]/.test(id) && !isAbsolute(id) && !isIncluded(id),
})
await bundle.write({
  dir: 'dist',
  format: 'esm',
  minifyInternalExports: false,
  entryFileNames: '[name].js',
  // As deep as the modules in src: what finds package.json from its own place still does.
  chunkFileNames: 'bin/[name].js',
  codeSplitting: {
    groups: [
      // All that --version loads.
      { name: 'own-version', test: /[\\/]own-version\.ts$/, priority: 1 },
      { name: 'core', test: /[\\/]cli[\\/](?:main|commands[\\/]check)\.ts$/ },
    ],
  },
})
await bundle.close()

// Only the program had a use for them.
rmSync(new URL('../dist/cli', import.meta.url), { recursive: true, force: true })

writeFileSync(
  new URL('../dist/bin/LICENSES.txt', import.meta.url),
  [...new Set(included.map(readLicense))].join('\n'),
)

const hook = await rolldown({
  ...common,
  input: 'src/pnpmfile.ts',
  plugins: [
    { name: 'at-once', transform: importAtOnce },
    { name: 'as-commonjs', resolveId: resolveCommonJs, load: loadCommonJs },
    { name: 'in-place', resolveId: resolveInPlace, load: loadInPlace },
    { name: 'late', renderChunk: (code) => loadPackagesLate(takeModulesAtHand(code)) },
  ],
})
const { output } = await hook.generate({
  format: 'cjs',
  charset: 'ascii',
  banner: `// The pnpm hook of jsr-guard ${readVersion()}, made by its build: don't edit it.
// It keeps @jsr packages with the private registry; settings are in jsr-guard.json.`,
  footer: (chunk) => formatLicenses([...Object.keys(chunk.modules), ...commonJs]),
})
// All of it ASCII, in the comments too: Node takes twice as long to read what is not.
writeFileSync(
  new URL('../dist/pnpmfile.cjs', import.meta.url),
  output[0].code.replaceAll('\u2026', '...'),
)
await hook.close()

/** What the program loads late is imported like the rest: in one file everything is at hand. */
function importAtOnce(code) {
  const imports = []
  const text = code.replace(/await import\(('\.[^']+')\)/g, (_, id) => {
    imports.push(`import * as late${imports.length} from ${id}`)
    return `late${imports.length - 1}`
  })
  return imports.length === 0 ? undefined : [...imports, text].join('\n')
}

/** Packages of ES modules, put into the hook as CommonJS: those can start late. */
function resolveCommonJs(id) {
  if (!Object.hasOwn(commonJsPackages, id)) return undefined
  return join(root, 'node_modules', id, commonJsFolder, id)
}

async function loadCommonJs(id) {
  if (basename(dirname(id)) !== commonJsFolder) return undefined
  const name = basename(id)
  const entry = `${id}:entry`
  const text = `export { ${commonJsPackages[name].join(', ')} } from '${name}'`
  const part = await rolldown({
    ...common,
    input: entry,
    plugins: [
      {
        name: 'exports',
        resolveId: (wanted) => (wanted === entry ? entry : undefined),
        load: (file) => (file === entry ? text : void commonJs.add(file)),
      },
    ],
  })
  const { output } = await part.generate({ format: 'cjs', charset: 'ascii', exports: 'named' })
  await part.close()
  return { code: output[0].code, moduleSideEffects: false }
}

/**
 * What the hook asks of `node:fs/promises`, done in place: pnpm waits for the hook anyway, each step by
 * way of the thread pool takes several times as long as the step, and the module itself 2 ms to load.
 */
function resolveInPlace(id) {
  return id === 'node:fs/promises' ? inPlaceId : undefined
}

function loadInPlace(id) {
  if (id !== inPlaceId) return undefined
  const names = ['lstat', 'readdir', 'realpath']
  return [
    "import * as fs from 'node:fs'",
    ...names.map((name) => `export const ${name} = async (...args) => fs.${name}Sync(...args)`),
  ].join('\n')
}

/** Copying all that a module of node's own has takes longer than what is used of it. */
function takeModulesAtHand(code) {
  const names = Array.from(
    code.matchAll(/^(node_\w+) = __toESM\(\1(?:, 1)?\);$/gm),
    ([, name]) => name,
  )
  return names.reduce(
    (text, name) =>
      text
        .replace(new RegExp(`^${name} = __toESM\\(.*\n`, 'm'), '')
        .replaceAll(`${name}.default`, name),
    code,
  )
}

/**
 * Lets a CommonJS package start when it is first used, not when the hook is loaded: every command of
 * pnpm loads the hook, and few get as far as a policy with version ranges, or YAML that is not plain.
 */
function loadPackagesLate(code) {
  const start =
    /^(?:var|let|const) (import_\w+) = (?:\/\* @__PURE__ \*\/ )?(?:__toESM\()?(require_\w+)\(\)(?:, 1\))?;\n/gm
  const names = new Map(Array.from(code.matchAll(start), ([, name, load]) => [name, load]))
  if (names.size === 0) throw new Error('nothing in the hook could be loaded late')
  const late = code
    .replace(start, '')
    .replace(/\b(import_\w+)(\.default\b)?/g, (whole, name) =>
      names.has(name) ? `${names.get(name)}()` : whole,
    )
  for (const [name, known] of Object.entries(commonJsPackages)) refuseUnlisted(late, name, known)
  return late
}

/** What is not among the exports of a package would be `undefined`, and only when it is used. */
function refuseUnlisted(code, name, known) {
  const call = `require_${name.replaceAll(/\W/g, '_')}\\(\\)`
  const used = Array.from(code.matchAll(new RegExp(`${call}\\.(\\w+)`, 'g')), ([, each]) => each)
  const unlisted = used.find((each) => !known.includes(each))
  if (unlisted !== undefined) throw new Error(`${unlisted} of ${name} is not in the list`)
  if (used.length === 0) throw new Error(`nothing of ${name} is used, or not as it is looked for`)
}

function readVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

/** The licenses of the packages that these files are of, as a comment. */
function formatLicenses(files) {
  const names = files.flatMap((file) => {
    const [, name] = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file) ?? []
    return name === undefined ? [] : [name.replace('\\', '/')]
  })
  const texts = [...new Set(names)].map(readLicense)
  return `/*\n${texts.join('\n').replaceAll('*/', '* /')}*/\n`
}

/** What the authors of a package ask to be passed on with it. */
function readLicense(id) {
  const [name] = id.split('/')
  const folder = join(root, 'node_modules', name)
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no license to pass on`)
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8')}`
}
