import { describe, expect, test } from 'vitest'
import { errorExitCodes } from '../../src/cli/exit-code.ts'
import { runCli } from '../../src/cli/main.ts'
import { errorCodes } from '../../src/errors.ts'
import { ruleLevels } from '../../src/finding.ts'
import { createProject } from '../world/project.ts'
import { runAlone } from './guard.ts'

test('--help lists commands, options and exit codes', async () => {
  const cwd = await createProject({})
  expect(await runAlone(cwd, ['--help'])).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "signal": undefined,
      "stderr": "",
      "stdout": "Usage: jsr-guard [options] <command> [arguments]

    Installs JSR packages through a private registry, and proves that none came from JSR directly.

    Commands
      install, i, ci, add, update  run the project's package manager, verified
      check                        judge configuration, manifests and lockfiles; no network
      verify                       check, and ask the registry about every @jsr package
      lock-hashes                  write the hashes of the locked @jsr packages into jsr-guard.lock.json
      rewrite                      turn jsr: specifiers into aliases, or back, in the manifests
      doctor                       where would each client go, does it work, and what to do
      init                         write the configuration this project needs
      gateway                      serve JSR in the npm tarball layout, as an upstream
      explain                      what a rule means and how to satisfy it

    Options
      --cwd DIR              the project; default the current folder
      --registry URL         the private registry, over the policy
      --client NAME          one client instead of those detected
      --config FILE          the policy; default jsr-guard.json, else the jsr-guard key of package.json
      --format NAME[=FILE]   text (default), json, sarif, github, junit or gitlab, to standard output or a file
      --severity RULE=LEVEL  error, warning or off for a rule, over the policy
      --quiet                print errors only
      --verbose              print every finding
      --no-color             no colours; NO_COLOR and FORCE_COLOR are honoured
      -h, --help             print help, also of a command
      -v, --version          print the version

    Options stand before the command; after install, i, ci, add and update everything is the package manager's.

    Exit codes
      0  nothing at error level
      1  findings at error level, or an install that was stopped
      2  wrong usage, a policy or project file that can't be read
      3  nothing to check: no manifest or lockfile was found
      4  could not tell: the registry did not answer or refused us
    ",
    }
  `)
})

test('--help before a command is help about it', async () => {
  const cwd = await createProject({})
  const { exitCode, stdout } = await runAlone(cwd, ['--help', 'ci'])
  expect({ exitCode, start: stdout.split('\n\n').slice(0, 3) }).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "start": [
        "Usage: jsr-guard [options] install|i|ci|add|update [arguments of the package manager]",
        "Run the project's package manager, verified.",
        "Everything after the command goes to the package manager as it is, except that package arguments written jsr:@scope/name[@range] are translated.",
      ],
    }
  `)
})

test('a command with options of its own names them first', async () => {
  const cwd = await createProject({})
  const { exitCode, stdout } = await runAlone(cwd, ['rewrite', '--help'])
  expect(exitCode).toBe(0)
  expect(stdout.split('\nOptions\n')[0]).toMatchInlineSnapshot(`
    "Usage: jsr-guard [options] rewrite [--to npm|jsr] [--check|--write]

    Turn jsr: specifiers into aliases, or back, in the manifests.

    Options of rewrite
      --to npm|jsr  npm: aliases (default), or jsr: specifiers
      --check       fail if something would change
      --write       change the manifests; without it, say what would change
    "
  `)
})

test('--version is the version of the package, and nothing else', async () => {
  const cwd = await createProject({})
  expect(await runAlone(cwd, ['--version'])).toEqual({
    exitCode: 0,
    signal: undefined,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: '',
  })
})

test('no command at all is wrong usage', async () => {
  const cwd = await createProject({})
  expect(await runAlone(cwd, [])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "signal": undefined,
      "stderr": "jsr-guard: ERR_JSR_GUARD_USAGE
      no command is given
      hint: jsr-guard --help lists the commands
    ",
      "stdout": "",
    }
  `)
})

test('every error code has an exit code of the contract', () => {
  expect(Object.keys(errorExitCodes).toSorted()).toEqual(Object.keys(errorCodes).toSorted())
  expect(errorExitCodes).toMatchObject({
    ERR_JSR_GUARD_USAGE: 2,
    ERR_JSR_GUARD_POLICY: 2,
    ERR_JSR_GUARD_MANIFEST: 2,
    ERR_JSR_GUARD_CONFIG: 2,
    ERR_JSR_GUARD_NOTHING_TO_CHECK: 3,
    ERR_JSR_GUARD_REGISTRY: 4,
  })
})

test('a bug ends with 2 and its stack, in which nothing is left that a terminal obeys', async () => {
  const written: string[] = []
  const output = { write: (text: string) => void written.push(text), isTerminal: false }
  const exitCode = await runCli({
    get argv(): string[] {
      throw new TypeError('\u001B[2J\n::error::pwned')
    },
    env: {},
    cwd: '/',
    home: '/',
    stdout: { ...output, write: () => expect.unreachable() },
    stderr: output,
  })
  expect(exitCode).toBe(2)
  expect(written.join('')).toMatch(/^jsr-guard: this is a bug in jsr-guard; nothing was judged\./)
  expect(written.join('')).toContain('TypeError')
  expect(written.join('')).not.toContain('\u001B')
  expect(written.join('')).not.toMatch(/^\s*::/m)
})

describe('explain', () => {
  test.for(Object.keys(ruleLevels))('%s is explained', async (rule) => {
    const written: string[] = []
    const stdout = { write: (text: string) => void written.push(text), isTerminal: false }
    const context = {
      argv: ['explain', rule],
      env: {},
      cwd: '/',
      home: '/',
      stdout,
      stderr: stdout,
    }
    expect(await runCli(context)).toBe(0)
    const [title, summary, , ...explanation] = written.join('').split('\n')
    expect(title).toMatch(/^[a-z-]+ \((?:error|warning)\)$/)
    expect(title?.startsWith(`${rule} `)).toBe(true)
    expect(summary).toMatch(/\.$/)
    expect(explanation.join('').length).toBeGreaterThan(100)
  })

  test.for([
    [['direct-rout'], 'hint: did you mean "direct-route"?'],
    [['integrity'], 'hint: did you mean "missing-integrity"?'],
    [[], 'hint: the rules are: direct-route, '],
    [['direct-route', 'public-route'], 'explain takes the id of one rule'],
    [['\u001B[2J'], String.raw`there is no rule "\u001b[2J"`],
  ] as const)('%j is refused', async ([args, expected]) => {
    const cwd = await createProject({})
    const { exitCode, stdout, stderr } = await runAlone(cwd, ['explain', ...args])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(expected)
  })
})
