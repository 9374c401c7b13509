import type { LockedPackage, Lockfile, PackageSource } from '../../src/lockfile/locked-package.ts'

/** A package in one line: alias, name and version, where it comes from, its line. */
function describeLocked({ alias, name, version, source, line }: LockedPackage): string {
  const label = alias === name ? name : `${alias} = ${name}`
  return `${label}@${version} ${describeSource(source)} :${line()}`
}

/** All packages of a lockfile, a line for each. */
export function describeLockfile({ packages }: Lockfile): string[] {
  return packages.map(describeLocked)
}

/** A source, short enough for a table. */
export function describeSource(source: PackageSource): string {
  switch (source.type) {
    case 'remote':
      return source.url.href
    case 'git':
      return `git ${source.url}`
    case 'local':
      return `local ${source.path}`
    case 'unknown':
      return `unknown ${source.text}`
    case 'route':
    case 'native':
    case 'bundled':
      return source.type
  }
}
