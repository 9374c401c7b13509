import { readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

/** Bundles the pnpmfile into one readable file that needs nothing beside it. */
export default {
  input: 'src/pnpmfile.ts',
  platform: 'node',
  // One of the libraries has a CommonJS build that no bundler can follow.
  resolve: { mainFields: ['module', 'main'] },
  output: {
    file: 'dist/pnpmfile.cjs',
    format: 'cjs',
    banner: `// The pnpm hook of jsr-guard ${version}, made by its build: don't edit it.\n// It keeps @jsr packages with the private registry; settings are in jsr-guard.json.`,
  },
  logLevel: 'warn',
}
