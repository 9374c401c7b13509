import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** A package as bytes, and what pins it. */
export interface Packed {
  readonly tarball: Buffer
  /** `sha512-` and base64. */
  readonly integrity: string
  /** SHA-1, lower-case hex. */
  readonly shasum: string
}

/** Packs files the way npm does, below `package/`; the same files always give the same bytes. */
export function packFiles(files: Readonly<Record<string, string>>): Packed {
  const entries = Object.entries(files).map(([path, text]) => encodeEntry(path, Buffer.from(text)))
  const tarball = gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]), { level: 9 })
  return {
    tarball,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
  }
}

/** One ustar entry: a header block and the content, filled up to whole blocks. */
function encodeEntry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(`package/${path}`, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\x000000000\0', 108)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  // The time npm itself stamps on every file it packs.
  header.write('03412112600\0', 136)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
