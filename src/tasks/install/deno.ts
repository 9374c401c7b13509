import process from 'node:process'
import path from 'node:path'
import { findOtherProgram } from '../../client/other-program.ts'
import { planPhases } from '../../client/phase-plan.ts'
import { parseDenoArguments } from '../../config/deno-arguments.ts'
import { JsrGuardError } from '../../errors.ts'
import { detectJsrSupport } from '../../policy/jsr-support.ts'
import { findDenoPlace, type DenoPlace } from '../../project/deno-place.ts'
import { findFolder } from '../../project/folder.ts'
import { findNpmRoot } from '../../project/npm-root.ts'
import { createPhasedSession, refuseVersion } from './phased-session.ts'
import type { InstallClient } from './session.ts'

/** Deno 2, with a `package.json`. */
export const denoClient: InstallClient = {
  name: 'deno',

  async open({ env, cwd, command, arguments: args }) {
    const parsed = parseDenoArguments(args)
    const projectFolder = await findFolder(cwd)
    const root = await findNpmRoot(projectFolder)
    refusePlace(await findDenoPlace(projectFolder), root)
    const { platform } = process
    const search = { name: 'deno', title: 'Deno', env, platform }
    const program = await findOtherProgram({ ...search, cwd: projectFolder })
    const { version } = program
    return createPhasedSession({
      name: 'deno',
      program,
      parsed,
      projectFolder,
      root,
      lockfile: 'deno.lock',
      plan: (packages) => planPhases({ command, parsed, packages }, words),
      isTranslated: detectJsrSupport({ name: 'deno', version }).type !== 'reads',
      // The question whether there is a newer version is no part of the install.
      environment: { DENO_NO_UPDATE_CHECK: '1' },
      refuse: () => refuseVersion(program, { title: 'Deno', majors: [2] }),
    })
  },
}

/** Deno goes by the nearest configuration, which may be another project than the one that is judged. */
function refusePlace({ folder, lock }: DenoPlace, root: string): void {
  if (folder !== root) {
    const message = `Deno installs in ${folder}, which is a part of the project ${root}`
    throw unsupported(message, `start it in ${root}`)
  }
  if (lock === undefined) return
  const message = `${path.relative(root, lock.file)} keeps Deno's lockfile elsewhere, or none`
  throw unsupported(message, 'take "lock" out of it, so that there is a deno.lock to judge')
}

function unsupported(message: string, hint: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', message, { hint })
}

const words = {
  update: ['update'],
  lock: ['--lockfile-only'],
  frozen: 'frozen',
  lockOptions: new Set(['latest', 'package-json', 'save-exact']),
  saveOptions: new Set(['dev']),
  offlineOption: 'cached-only',
}
