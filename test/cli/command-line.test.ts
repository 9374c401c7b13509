import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../src/cli/command-line.ts'
import { commands } from '../../src/cli/commands.ts'
import { generalOptions } from '../../src/cli/options.ts'

describe('what belongs to jsr-guard and what to the client', () => {
  test.for(['install', 'i', 'ci', 'add', 'update'])(
    'everything after %s is the client’s',
    (name) => {
      const rest = ['--help', '--version', '--cwd', '-g', '--', 'jsr:@luca/cases', '--quiet=x', '']
      expect(parseCommandLine(['--cwd', 'a', '--quiet', name, ...rest])).toMatchObject({
        type: 'run',
        command: { name: 'install' },
        name,
        options: new Map([
          ['cwd', ['a']],
          ['quiet', ['']],
        ]),
        arguments: rest,
      })
    },
  )

  test('own options stand before or after an own command', () => {
    const expected = { type: 'run', name: 'rewrite', arguments: [] }
    const lines = [
      ['--to', 'jsr', '--cwd', 'a', 'rewrite'],
      ['--cwd', 'a', 'rewrite', '--to', 'jsr'],
      ['rewrite', '--to=jsr', '--cwd=a'],
    ]
    for (const line of lines) {
      const parsed = parseCommandLine(line)
      expect(parsed).toMatchObject(expected)
      expect(parsed.type === 'run' && Object.fromEntries(parsed.options)).toEqual({
        to: ['jsr'],
        cwd: ['a'],
      })
    }
  })

  test('the value of an option is never taken for the command', () => {
    expect(parseCommandLine(['--cwd', 'install', 'check'])).toMatchObject({ name: 'check' })
  })

  test('arguments after -- are no options', () => {
    expect(parseCommandLine(['explain', '--', '--help'])).toMatchObject({ arguments: ['--help'] })
  })
})

describe('help and version', () => {
  test.for([
    [['--help'], { type: 'help', command: undefined }],
    [['-h'], { type: 'help', command: undefined }],
    [['--help', 'install', '--foo'], { type: 'help', command: { name: 'install' } }],
    [['check', '--help'], { type: 'help', command: { name: 'check' } }],
    [['--version'], { type: 'version' }],
    [['-v'], { type: 'version' }],
    [['check', '--version'], { type: 'version' }],
  ] as const)('%j', ([argv, expected]) => {
    expect(parseCommandLine(argv)).toMatchObject(expected)
  })
})

describe('what is no command line is refused, with what may have been meant', () => {
  test.for([
    [[], 'jsr-guard --help lists the commands'],
    [['chekc'], 'did you mean "check"?'],
    [['Install'], 'did you mean "install"?'],
    [['instal', '--foo'], 'did you mean "install"?'],
    [
      ['xyzzy'],
      'one of: install, i, ci, add, update, check, verify, lock-hashes, rewrite, doctor, init, gateway, explain',
    ],
    [['--regstry', 'a', 'check'], 'did you mean "--registry"?'],
    [['check', '--severty=a'], 'did you mean "--severity"?'],
    [['check', '-q'], undefined],
    [['--ci', 'github', 'check'], 'it is an option of jsr-guard init'],
    [['--force', 'install'], 'it is an option of jsr-guard init'],
    [['--cwd', 'a', '--cwd', 'b', 'check'], undefined],
    [['check', '--cwd'], 'write --cwd=DIR'],
    [['check', '--cwd='], 'write --cwd=DIR'],
    [['--cwd', '--quiet', 'check'], 'write --cwd=DIR'],
    [['check', '--quiet=no'], undefined],
    [['check', '--no-quiet'], undefined],
    [['check', '--__proto__=a'], undefined],
    [['constructor'], undefined],
  ] as const)('%j', ([argv, hint]) => {
    expect(() => parseCommandLine(argv)).toThrow(
      expect.objectContaining({
        code: 'ERR_JSR_GUARD_USAGE',
        ...(hint !== undefined && { hint }),
      }),
    )
  })
})

test('no two options of one name differ in whether they take a value', () => {
  const kinds = new Map<string, boolean>()
  for (const option of [...generalOptions, ...commands.flatMap(({ options }) => options)]) {
    const takesValue = option.value !== undefined
    expect(kinds.get(option.name) ?? takesValue).toBe(takesValue)
    kinds.set(option.name, takesValue)
  }
})
