/** The folder that a lockfile's paths start from; the records of npm and pnpm lie deeper. */
export function lockfileFolder(file: string): string {
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')))
  const outer = folder.replace(/\/\.pnpm$/, '')
  return outer === 'node_modules' ? '' : outer.replace(/\/node_modules$/, '')
}

/** A manifest's folder as a lockfile's paths have it; `undefined` where it lies elsewhere. */
export function relativeFolder(folder: string, base: string): string | undefined {
  if (base === '') return folder
  if (folder === base) return ''
  return folder.startsWith(`${base}/`) ? folder.slice(base.length + 1) : undefined
}
