import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNameOfId, parseVltId } from '../../src/lockfile/vlt-id.ts'

const signs = {
  _: '_',
  p: '+',
  b: '\\',
  c: ':',
  t: '~',
  l: '<',
  g: '>',
  q: '"',
  i: '|',
  m: '?',
  a: '*',
  d: '.',
  s: ' ',
}

/** Sign by sign, and for every id alike. */
function decodePart(part: string): string | undefined {
  let text = ''
  for (let at = 0; at < part.length; at += 1) {
    if (part[at] === '+') text += '/'
    else if (part[at] === '_') {
      at += 1
      const sign = signs[part[at] as keyof typeof signs]
      if (sign === undefined) return undefined
      text += sign
    } else text += part[at]
  }
  return text
}

function parseSlowly(id: string): unknown {
  const [type, first, second, , ...rest] = id.split('~').map(decodePart)
  if (first === undefined || rest.length > 0) return undefined
  if (type === 'git')
    return second === undefined ? undefined : { type, address: `${first}#${second}` }
  if (type === 'remote') return { type, address: first }
  if (type === 'file' || type === 'workspace') return { type, folder: first }
  if (type !== '' || second === undefined || second.indexOf('@', 1) === -1) return undefined
  const at = second.indexOf('@', 1)
  return {
    type: 'registry',
    registry: first,
    name: second.slice(0, at),
    version: second.slice(at + 1),
  }
}

const piece = fc.constantFrom(
  '~',
  '~',
  '@',
  '@',
  '+',
  '_',
  '__',
  '_p',
  '_t',
  '_d',
  '_x',
  '_',
  '/',
  'npm',
  'jsr',
  'a',
  'ms',
  '@s+n',
  '1.0.0',
  'git',
  'remote',
  'file',
  'workspace',
  'https_c++npm.corp.example',
  '.',
  ' ',
  '',
)
const id = fc
  .tuple(
    fc.constantFrom(
      '',
      '~',
      '~npm~',
      '~~',
      '~npm~a@',
      '~npm~@jsr+',
      'file~',
      '~npm~@jsr+s____n@1.0.0',
    ),
    fc.array(piece, { maxLength: 6 }),
  )
  .map(([start, pieces]) => start + pieces.join(''))
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'ms',
    '@s/n',
    '@jsr/s__n',
    'a_b',
    'a+b',
    'a~b',
    'a@b',
    '@',
    '',
    '_',
    'a__',
    '@s/n/m',
  ),
  fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
)

test('whatever the id, it is what reading each sign would give', () => {
  let registries = 0
  fc.assert(
    fc.property(id, (text) => {
      const found = parseVltId(text)
      expect(found).toEqual(parseSlowly(text))
      if (found?.type === 'registry') registries += 1
    }),
    { numRuns: 10_000, seed: 20_261_128 },
  )
  expect(registries).toBeGreaterThan(500)
})

test.for([
  ['~npm~ms@2.1.3', 'ms', true],
  ['~~ms@2.1.3~_croot', 'ms', true],
  ['~npm~@jsr+luca____cases@1.0.1', '@jsr/luca__cases', true],
  ['~npm~ms@2.1.3', 'm', false],
  ['~npm~ms@2.1.3', 'ms@2', false],
  ['~npm~a+b@1.0.0', 'a+b', false],
  ['~npm~ms@2.1.3', '', false],
  ['~ms@2.1.3', 'ms', false],
  ['file~ms@2.1.3', 'ms', false],
] as const)('%s is the id of %s: %s', ([text, one, isTold]) => {
  expect(isNameOfId(text, one)).toBe(isTold)
})

test('a name is told from an id only where reading the id gives it', () => {
  let told = 0
  fc.assert(
    fc.property(id, name, fc.boolean(), (start, one, isWritten) => {
      const written = one.replaceAll('_', '__').replaceAll('/', '+')
      const text = isWritten ? `~npm~${written}@1.0.0${start}` : start
      if (!isNameOfId(text, one)) return
      told += 1
      const found = parseVltId(text)
      if (found !== undefined) expect(found).toMatchObject({ type: 'registry', name: one })
    }),
    { numRuns: 10_000, seed: 20_261_128 },
  )
  expect(told).toBeGreaterThan(500)
})
