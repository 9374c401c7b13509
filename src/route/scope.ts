/** The scope of a package, `@` included; `undefined` for a name without one. */
export function readScope(packageName: string): string | undefined {
  const slash = packageName.indexOf('/')
  return packageName.startsWith('@') && slash !== -1 ? packageName.slice(0, slash) : undefined
}
