import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The files below a folder that hold the marker, plain or inside gzip (npm's cache), as relative paths. */
export async function findMarker(directory: string, marker: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const hits = await Promise.all(files.map(async (file) => holds(await readFile(file), marker)))
  return files.filter((_, index) => hits[index] === true).map((file) => relative(directory, file))
}

function holds(content: Buffer, marker: string): boolean {
  return content.includes(marker) || (isGzip(content) && gunzipSync(content).includes(marker))
}

function isGzip(content: Buffer): boolean {
  return content[0] === 0x1f && content[1] === 0x8b
}
