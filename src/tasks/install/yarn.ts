import path from 'node:path'
import process from 'node:process'
import { planPhases, type PhasePlan, type PhaseWords } from '../../client/phase-plan.ts'
import { findYarn } from '../../client/yarn-program.ts'
import { isSwitchedOn } from '../../config/client-arguments.ts'
import { parseYarnArguments } from '../../config/yarn-arguments.ts'
import { JsrGuardError } from '../../errors.ts'
import { findFolder } from '../../project/folder.ts'
import { findNpmRoot } from '../../project/npm-root.ts'
import { loadYarnSettings, type YarnSettings } from '../../project/yarn-settings.ts'
import { readNpmNetwork } from '../way-out.ts'
import { createPhasedSession, refuseVersion } from './phased-session.ts'
import type { InstallClient } from './session.ts'
import { findOwnYarn, refuseRangeless } from './yarn-berry.ts'

/** Yarn 1. */
export const yarnClient: InstallClient = {
  name: 'yarn',

  async open({ env, home, cwd, command, arguments: args }) {
    const parsed = parseYarnArguments(args)
    refuseRangeless(parsed.packages, command)
    const projectFolder = await findFolder(cwd)
    const root = await findNpmRoot(projectFolder)
    const settings = await loadYarnSettings({ root, env, home })
    const { platform, execPath: nodePath } = process
    const yarnPath = findOwnYarn(root, settings.yarnPath)
    const program = await findYarn({ env, platform, nodePath, cwd: projectFolder, yarnPath })
    const isFrozen = command === 'ci' || isSwitchedOn(parsed, 'frozen-lockfile')
    return createPhasedSession({
      name: 'yarn',
      program,
      parsed,
      projectFolder,
      root,
      lockfile: 'yarn.lock',
      plan: (packages) => withoutQuestions(planPhases({ command, parsed, packages }, words)),
      isTranslated: true,
      environment: { YARN_IGNORE_PATH: '1' },
      refuse: () => {
        refuseVersion(program, { title: 'Yarn', majors: [1] })
        refuseRcArguments(settings)
      },
      divert: (folder) => ({
        arguments: [
          '--modules-folder',
          path.join(folder, 'node_modules'),
          '--cache-folder',
          path.join(folder, 'cache'),
        ],
        environment: {},
      }),
      readNetwork: ({ npmConfig }) => readNpmNetwork(npmConfig),
      isFixed: isFrozen,
    })
  },
}

const words: PhaseWords = {
  update: ['upgrade'],
  lock: ['--ignore-scripts', '--non-interactive'],
  frozen: 'frozen-lockfile',
  lockOptions: new Set(['exact', 'ignore-workspace-root-check', 'latest', 'peer', 'tilde']),
  saveOptions: new Set(['dev', 'optional']),
  offlineOption: 'offline',
}

/** With `--frozen-lockfile` Yarn 1 goes by a lockfile that says less than the workspaces ask for. */
function withoutQuestions(plan: PhasePlan): PhasePlan {
  const { installArguments } = plan
  if (installArguments === undefined) return plan
  return { ...plan, installArguments: [...installArguments, '--non-interactive'] }
}

/** What a `.yarnrc` adds to the command line wins over the environment that is set for Yarn. */
function refuseRcArguments({ arguments: found }: YarnSettings): void {
  const bad = found.find(({ name }) => !harmless.has(name.replace(/^--(?:\w+\.)?/, '')))
  if (bad === undefined) return
  const { name, file } = bad
  const message = `${file} adds ${name} to Yarn's command line, which can't be verified`
  throw new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', message, {
    hint: `take it out of ${file}`,
    file,
  })
}

const harmless: ReadonlySet<string> = new Set([
  'exact',
  'ignore-engines',
  'ignore-optional',
  'ignore-platform',
  'ignore-scripts',
  'network-concurrency',
  'network-timeout',
  'non-interactive',
  'prefer-offline',
  'silent',
  'tilde',
  'verbose',
])
