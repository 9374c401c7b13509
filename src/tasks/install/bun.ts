import path from 'node:path'
import process from 'node:process'
import { findOtherProgram } from '../../client/other-program.ts'
import { planPhases } from '../../client/phase-plan.ts'
import { parseBunArguments } from '../../config/bun-arguments.ts'
import { findValue } from '../../config/client-arguments.ts'
import { findFolder } from '../../project/folder.ts'
import { findNpmRoot } from '../../project/npm-root.ts'
import { createPhasedSession, refuseVersion } from './phased-session.ts'
import type { InstallClient } from './session.ts'

/** Bun 1, since it writes `bun.lock`. */
export const bunClient: InstallClient = {
  name: 'bun',

  async open({ env, cwd, command, arguments: args }) {
    const parsed = parseBunArguments(args)
    const projectFolder = await findFolder(path.resolve(cwd, findValue(parsed, 'cwd') ?? '.'))
    const { platform } = process
    const search = { name: 'bun', title: 'Bun', env, platform }
    const program = await findOtherProgram({ ...search, cwd: projectFolder })
    return createPhasedSession({
      name: 'bun',
      program,
      parsed,
      projectFolder,
      root: await findNpmRoot(projectFolder),
      lockfile: 'bun.lock',
      plan: (packages) => planPhases({ command, parsed, packages }, words),
      isTranslated: true,
      environment: {},
      refuse: () => refuseVersion(program, { title: 'Bun', majors: [1] }),
    })
  },
}

const words = {
  update: ['update'],
  lock: ['--lockfile-only', '--ignore-scripts'],
  frozen: 'frozen-lockfile',
  lockOptions: new Set(['exact', 'latest', 'only-missing', 'peer', 'recursive']),
  saveOptions: new Set(['dev', 'optional', 'production']),
  offlineOption: 'offline',
}
