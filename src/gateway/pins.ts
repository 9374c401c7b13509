import { createByteCache } from './byte-cache.ts'
import { formatIntegrityHex, isIntegrity } from './digest.ts'
import { isRecord, tryParseJson } from '../json/record.ts'
import { readTime } from './packument.ts'
import { parseVersion } from './path.ts'
import { collect } from './relay.ts'

/**
 * Where pins and the bytes they stand for are kept. Small enough for an object store with
 * conditional writes: `GET`, `PUT` with `If-None-Match: *`, and a listing by prefix.
 *
 * Keys are made of small letters, digits and `@ . _ - + % /`. Objects never change: what is stored
 * once stays as it is, so several processes and replicas may share one store.
 */
export interface PinStore {
  /** The object of a key; `undefined` where there is none. */
  readonly read: (key: string) => Promise<StoredObject | undefined>
  /**
   * Stores an object under a key that has none, whole and durably, or not at all: also if the body
   * ends in an error, or the process is killed. `false` where there is one already, which then stays.
   */
  readonly create: (key: string, body: AsyncIterable<Uint8Array>) => Promise<boolean>
  /** The keys that begin with a prefix, which ends in `/`. */
  readonly list: (prefix: string) => Promise<readonly string[]>
}

/** An object in a store. */
export interface StoredObject {
  /** In bytes. */
  readonly size: number
  /** Its bytes, or some of them; `end` is the last one, inclusive. Read only once this is iterated. */
  readonly body: (range?: ByteRange) => AsyncIterable<Uint8Array>
}

/** A part of a body. */
export interface ByteRange {
  readonly start: number
  /** The last byte, inclusive. */
  readonly end: number
}

/** What a version was when the gateway first delivered it. It stays that. */
export interface Pin {
  /** `@jsr/scope__name` */
  readonly name: string
  readonly version: string
  readonly integrity: string
  /** Where on the upstream the bytes were. */
  readonly path: string
  /** Epoch milliseconds; `undefined` where JSR said nothing of it. */
  readonly publishedAt: number | undefined
  /** `dist` without the tarball, and the rest of the version's entry; empty for one that wasn't listed. */
  readonly dist: Readonly<Record<string, unknown>>
  readonly manifest: Readonly<Record<string, unknown>>
}

/** Pins of one store. Every function rejects where the store fails or holds what is no pin. */
export interface Pins {
  readonly find: (name: string, version: string) => Promise<Pin | undefined>
  readonly list: (name: string) => Promise<readonly Pin[]>
  /** Pins a version, or gives the pin that was there first. */
  readonly add: (pin: Pin) => Promise<Pin>
  readonly readContent: (integrity: string) => Promise<StoredObject | undefined>
  readonly writeContent: (integrity: string, body: AsyncIterable<Uint8Array>) => Promise<void>
}

/** Pins never change, so each is read from the store once. */
const cachedBytes = 16 * 1024 * 1024
const maxRecordBytes = 1024 * 1024

/** The pins in a store. */
export function createPins(store: PinStore): Pins {
  const cache = createByteCache<Pin>(cachedBytes)
  const load = async (key: string): Promise<Pin | undefined> => {
    const known = cache.get(key)
    if (known !== undefined) return known
    const object = await store.read(key)
    if (object === undefined) return undefined
    const pin = readPin(await collect(object.body(), maxRecordBytes))
    if (pin === undefined || formatPinKey(pin.name, pin.version) !== key) {
      throw new Error(`the store holds no pin under ${key}`)
    }
    cache.set(key, pin, object.size * 2)
    return pin
  }
  return {
    find: async (name, version) => await load(formatPinKey(name, version)),
    async list(name) {
      const keys = await store.list(`pins/${name}/`)
      const pins = await Promise.all(keys.map(load))
      return pins.filter((pin) => pin !== undefined)
    },
    async add(pin) {
      const key = formatPinKey(pin.name, pin.version)
      await store.create(key, once(encodePin(pin)))
      // Also where it was just made: what counts is what the store holds now.
      const held = await load(key)
      if (held === undefined) throw new Error(`the store has lost ${key}`)
      return held
    },
    readContent: async (integrity) => await store.read(formatContentKey(integrity)),
    async writeContent(integrity, body) {
      await store.create(formatContentKey(integrity), body)
    },
  }
}

function formatPinKey(name: string, version: string): string {
  // Capital letters are written in code, for file systems that don't tell them from small ones.
  const safe = version.replace(/[A-Z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  return `pins/${name}/${safe}.json`
}

function formatContentKey(integrity: string): string {
  const hex = formatIntegrityHex(integrity)
  return `content/${hex.slice(0, 2)}/${hex}.tgz`
}

function encodePin(pin: Pin): Uint8Array {
  const { publishedAt } = pin
  const time = publishedAt === undefined ? undefined : new Date(publishedAt).toISOString()
  return new TextEncoder().encode(JSON.stringify({ schemaVersion: 1, ...pin, publishedAt: time }))
}

function readPin(bytes: Uint8Array): Pin | undefined {
  const record = tryParseJson(new TextDecoder().decode(bytes))
  if (!isRecord(record) || record['schemaVersion'] !== 1) return undefined
  const { name, version, integrity, path, dist, manifest } = record
  if (typeof name !== 'string' || typeof version !== 'string' || typeof path !== 'string') {
    return undefined
  }
  if (parseVersion(version) === undefined || !isIntegrity(integrity)) return undefined
  if (!isRecord(dist) || !isRecord(manifest)) return undefined
  const publishedAt = readTime(record['publishedAt'])
  return { name, version, integrity, path, publishedAt, dist, manifest }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
