/** What a registry says of a package, as far as we ask. */
export interface Packument {
  readonly versions: Readonly<Record<string, unknown>>
  readonly tags: Readonly<Record<string, unknown>>
}

/** Where a registry has a package's metadata: npm asks with the scope's slash encoded. */
export function packumentUrl(name: string, registry: URL): URL {
  return new URL(name.replace('/', '%2f'), registry)
}

/** Reads a packument; `undefined` where it is no JSON object with versions. */
export function parsePackument(body: string): Packument | undefined {
  const value = parseJson(body)
  const versions = isRecord(value) ? value['versions'] : undefined
  if (!isRecord(value) || !isRecord(versions)) return undefined
  const tags = value['dist-tags']
  return { versions, tags: isRecord(tags) ? tags : {} }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
