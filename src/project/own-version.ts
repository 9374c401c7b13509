import { readFileSync } from 'node:fs'

/** The version of jsr-guard that runs, from its own package.json. */
export function readOwnVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error('package.json of jsr-guard has no version')
  }
  return String(manifest.version)
}
