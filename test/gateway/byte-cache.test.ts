import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteCache } from '../../src/gateway/byte-cache.ts'

test('whatever is done to it, it weighs what is in it, and no more than its bound', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
  const step = fc.oneof(
    fc.record({ type: fc.constant('get' as const), key }),
    fc.record({ type: fc.constant('delete' as const), key }),
    fc.record({ type: fc.constant('set' as const), key, bytes: fc.nat(120) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const cache = createByteCache<number>(100)
      for (const one of steps) {
        if (one.type === 'set') cache.set(one.key, one.bytes, one.bytes)
        else cache[one.type](one.key)
      }
      const kept = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((one) => cache.get(one) ?? 0)
      expect(cache.bytes()).toBe(kept.reduce((total, bytes) => total + bytes, 0))
      expect(cache.bytes()).toBeLessThanOrEqual(100)
    }),
  )
})

test('what is asked for again and again stays, however much comes and goes', () => {
  const cache = createByteCache<string>(10)
  cache.set('often', 'often', 1)
  for (let index = 0; index < 1000; index += 1) {
    cache.set(`once-${index}`, 'once', 1)
    expect(cache.get('often')).toBe('often')
  }
  expect(cache.get('once-0')).toBeUndefined()
  expect(cache.bytes()).toBe(10)
})

test('what was used lately outlives what was not, though it came first', () => {
  const cache = createByteCache<number>(10)
  for (let index = 0; index < 10; index += 1) cache.set(`${index}`, index, 1)
  for (let index = 0; index < 4; index += 1) cache.get(`${index}`)
  for (let index = 10; index < 14; index += 1) cache.set(`${index}`, index, 1)
  expect([0, 1, 2, 3].map((index) => cache.get(`${index}`))).toEqual([0, 1, 2, 3])
  expect([4, 5, 6, 7].map((index) => cache.get(`${index}`))).toEqual(Array(4).fill(undefined))
})
