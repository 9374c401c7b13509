import path from 'node:path'

/** A folder and all those above it, the nearest first. */
export function listFoldersUpwards(folder: string): string[] {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [folder, ...listFoldersUpwards(parent)]
}
