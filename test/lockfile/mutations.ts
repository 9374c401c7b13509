/** Numbers from a seed, the same on every machine: mulberry32. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

type Random = ReturnType<typeof createRandom>

/** One to three changes of the kinds that an attacker or an accident makes. */
export function mutate(text: string, random: Random): string {
  let mutant = text
  for (let rest = 1 + random(3); rest > 0; rest -= 1) {
    mutant = mutations[random(mutations.length)]?.(mutant, random) ?? mutant
  }
  return mutant
}

const signs = '"\'{}[],: \t\r\n\\#@/.%-_&*!|<>?=+aAzZ019\u0000\u00a0\uFEFF'

type Mutation = (text: string, random: Random) => string

const mutations: readonly Mutation[] = [
  // A sign in the place of another, or beside it.
  (text, random) =>
    splice(text, {
      at: random(text.length),
      length: random(2),
      other: signs[random(signs.length)] ?? '',
    }),
  (text, random) => splice(text, { at: random(text.length), length: 1 + random(20), other: '' }),
  // Lines: taken out, twice, elsewhere.
  (text, random) => editLines(text, (lines) => void lines.splice(random(lines.length), 1)),
  (text, random) =>
    editLines(text, (lines) => {
      const [line = ''] = lines.slice(random(lines.length))
      lines.splice(random(lines.length + 1), 0, line)
    }),
  (text, random) =>
    editLines(text, (lines) => {
      const [line = ''] = lines.splice(random(lines.length), 1)
      lines.splice(random(lines.length + 1), 0, line)
    }),
  // The line that leads to JSR once more, before or behind itself, leading elsewhere.
  (text, random) =>
    editLines(text, (lines) => {
      const at = lines.findIndex((line) => line.includes('npm.jsr.io'))
      const harmless = lines[at]?.replaceAll('npm.jsr.io', 'npm.corp.example') ?? ''
      lines.splice(at + random(2), 0, harmless)
    }),
  // A word of the format in other case, or cut.
  (text, random) => {
    const words = [...text.matchAll(/[a-z]{4,}/gi)]
    const word = words[random(words.length)]
    if (word === undefined) return text
    const [found] = word
    const other = random(2) === 0 ? found.toUpperCase() : found.slice(1)
    return splice(text, { at: word.index, length: found.length, other })
  },
  // The host in other spellings of itself.
  (text, random) => text.replace('npm.jsr.io', spellings[random(spellings.length)] ?? ''),
  // A part of the text in the place of another.
  (text, random) => {
    const start = random(text.length)
    const other = text.slice(start, start + random(60))
    return splice(text, { at: random(text.length), length: random(40), other })
  },
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\uFEFF${text}`,
]

const spellings: readonly string[] = [
  'NPM.JSR.IO',
  'npm.jsr.io.',
  'npm.jsr.io:443',
  'user@npm.jsr.io',
  'npm.corp.example@npm.jsr.io',
  'npm%2ejsr.io',
  '\\u006epm.jsr.io',
  'npm.corp.example/@npm.jsr.io',
  'npm.jsr.io\\@npm.corp.example',
]

function splice(
  text: string,
  { at, length, other }: { readonly at: number; readonly length: number; readonly other: string },
): string {
  return text.slice(0, at) + other + text.slice(at + length)
}

function editLines(text: string, edit: (lines: string[]) => void): string {
  const lines = text.split('\n')
  edit(lines)
  return lines.join('\n')
}
