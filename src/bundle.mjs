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
import { isAbsolute, join } from 'node:path'
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
    { name: 'lazy-packages', renderChunk: loadPackagesLate },
  ],
})
const { output } = await hook.generate({
  format: 'cjs',
  charset: 'ascii',
  banner: `// The pnpm hook of jsr-guard ${readVersion()}, made by its build: don't edit it.
// It keeps @jsr packages with the private registry; settings are in jsr-guard.json.`,
  footer: (chunk) => formatLicenses(Object.keys(chunk.modules)),
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

/**
 * Lets a CommonJS package start when it is first used, not when the hook is loaded: every command of
 * pnpm loads the hook, and few get as far as a policy with version ranges.
 */
function loadPackagesLate(code) {
  const start = /^var (import_\w+) = \/\* @__PURE__ \*\/ __toESM\((require_\w+)\(\), 1\);$/gm
  const late = code.replace(start, 'var $1 = { get default() { return $2(); } };')
  if (late === code) throw new Error('nothing in the hook could be loaded late')
  return late
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
