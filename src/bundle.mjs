/**
 * Puts the program's own modules together, after `tsc` and in place of its `dist/bin.js`: loading a
 * hundred small files took longer than judging a lockfile. The library stays what `tsc` makes.
 *
 * Readable on purpose: nothing is minified, names are kept, and each module stands under its path,
 * so that a stack trace can be followed. npm packages stay outside, where audits see them.
 *
 *     node src/bundle.mjs
 */
import { rmSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

const bundle = await rolldown({
  input: 'src/bin.ts',
  cwd: root,
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
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
rmSync(new URL('../dist/cli', import.meta.url), { recursive: true })
