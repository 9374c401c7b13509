import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPlainDigest } from '../../src/gateway/digest.ts'
import { readChunks, relayVerified, toStream } from '../../src/gateway/relay.ts'
import { createNodeDigest } from '../../src/serve/node-runtime.ts'

const chunks = ['one', 'two', 'three', 'four'].map((text) => Buffer.from(text))
const integrity = integrityOf(Buffer.concat(chunks))
const isNever = (): never => expect.unreachable()

describe.for([
  ['plain', createPlainDigest],
  ["Node's", createNodeDigest],
] as const)('with the %s SHA-512', ([, createDigest]) => {
  const options = { createDigest, integrity, maxBytes: 100, onMismatch: isNever }

  test('a body with its hash passes as it is', async () => {
    const passed = await readAll(relayVerified(source(chunks), { ...options, size: 15 }))
    expect(passed).toEqual({ text: 'onetwothreefour', isWhole: true })
  })

  test('a body with another hash ends in an error before its last piece', async () => {
    const actual: string[] = []
    const onMismatch = (hash: string): void => void actual.push(hash)
    const other = [...chunks.slice(0, 3), Buffer.from('five')]
    const passed = await readAll(relayVerified(source(other), { ...options, onMismatch }))
    expect(passed).toEqual({ text: 'onetwothree', isWhole: false })
    expect(actual).toEqual([integrityOf(Buffer.concat(other))])
  })

  test.for([
    ['longer than announced', { size: 14 }],
    ['shorter than announced', { size: 16 }],
    ['longer than any may be', { maxBytes: 14 }],
  ] as const)('a body that is %s is not whole', async ([, bound]) => {
    const passed = await readAll(relayVerified(source(chunks), { ...options, ...bound }))
    expect(passed.isWhole).toBe(false)
    expect('onetwothreefour'.startsWith(passed.text)).toBe(true)
    expect(passed.text.length).toBeLessThan(15)
  })
})

test('a slow reader slows the source down', async () => {
  let pulled = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      pulled += 1
      yield Buffer.from('piece')
    }
  }
  const options = { createDigest: createNodeDigest, integrity, maxBytes: 1e9, onMismatch: isNever }
  const reader = toStream(relayVerified(endless(), options)).getReader()
  await reader.read()
  await reader.read()
  await new Promise((resolve) => setImmediate(resolve))
  // One piece is held back.
  expect(pulled).toBe(3)
  await reader.cancel()
})

test('a reader that goes away takes the source with it', async () => {
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(Buffer.from('piece')),
    cancel: () => void (isCancelled = true),
  })
  const reader = toStream(readChunks(stream, 1000)).getReader()
  await reader.read()
  await reader.cancel()
  expect(isCancelled).toBe(true)
})

test('a source that falls silent is given up', async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from('piece')),
  })
  expect(await readAll(readChunks(stream, 20))).toEqual({ text: 'piece', isWhole: false })
})

async function* source(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

async function readAll(
  body: AsyncIterable<Uint8Array>,
): Promise<{ text: string; isWhole: boolean }> {
  let text = ''
  try {
    for await (const chunk of body) text += Buffer.from(chunk).toString()
    return { text, isWhole: true }
  } catch {
    return { text, isWhole: false }
  }
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}
