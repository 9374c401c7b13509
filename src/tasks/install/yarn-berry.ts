import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { InstallCommand } from '../../client/npm-plan.ts'
import { planPhases, type PhasePlan, type PhasePlanOptions } from '../../client/phase-plan.ts'
import { findYarn } from '../../client/yarn-program.ts'
import { parseYarnBerryArguments } from '../../config/yarn-arguments.ts'
import { readYarnCredentials } from '../../config/yarn-credentials.ts'
import { JsrGuardError } from '../../errors.ts'
import { detectJsrSupport } from '../../policy/jsr-support.ts'
import { findFolder } from '../../project/folder.ts'
import type { Project } from '../../project/load.ts'
import { registryOptions } from '../../project/npm-registry-options.ts'
import { findNpmRoot } from '../../project/npm-root.ts'
import { loadYarnBerrySettings, type YarnBerrySettings } from '../../project/yarn-settings.ts'
import { createPhasedSession, refuseVersion } from './phased-session.ts'
import type { ClientNetwork } from '../way-out.ts'
import type { InstallClient } from './session.ts'
import { refuseYarnSettings } from './yarn-refusals.ts'

/** Yarn 4. */
export const yarnBerryClient: InstallClient = {
  name: 'yarn-berry',

  async open({ env, home, cwd, command, arguments: args }) {
    const parsed = parseYarnBerryArguments(args)
    refuseRangeless(parsed.packages, command)
    const projectFolder = await findFolder(cwd)
    const root = await findNpmRoot(projectFolder)
    const settings = await loadYarnBerrySettings({ root, env, home })
    const { platform, execPath: nodePath } = process
    const yarnPath = findOwnYarn(root, findText(settings, 'yarnPath'))
    const program = await findYarn({ env, platform, nodePath, cwd: projectFolder, yarnPath })
    const isNative =
      detectJsrSupport({ name: 'yarn-berry', version: program.version }).type === 'reads'
    return createPhasedSession({
      name: 'yarn-berry',
      program,
      parsed,
      projectFolder,
      root,
      lockfile: 'yarn.lock',
      plan: (packages) => planBerry({ command, parsed, packages }),
      isTranslated: !isNative,
      translatesArguments: !isNative,
      environment: { YARN_IGNORE_PATH: '1', YARN_ENABLE_TELEMETRY: 'false' },
      refuse: () => {
        refuseVersion(program, { title: 'Yarn', majors: [4] })
        refuseYarnSettings(settings, { root, env })
      },
      divert: (folder) => ({
        arguments: [],
        environment: {
          YARN_ENABLE_GLOBAL_CACHE: 'false',
          YARN_CACHE_FOLDER: path.join(folder, 'cache'),
          YARN_GLOBAL_FOLDER: path.join(folder, 'global'),
        },
      }),
      readNetwork: (project) => readNetwork(project, settings, env),
    })
  },
}

/** `yarn up` wants to be told what; with `-R` it stays within the ranges. */
function planBerry(options: PhasePlanOptions): PhasePlan {
  const isEverything = options.command === 'update' && options.packages.length === 0
  const plan = planPhases(options, {
    update: isEverything ? ['up', '-R', '**'] : ['up'],
    lock: ['--mode=update-lockfile'],
    frozen: 'immutable',
    lockOptions: new Set([
      'cached',
      'caret',
      'check-resolutions',
      'dev',
      'exact',
      'optional',
      'peer',
      'prefer-dev',
      'refresh-lockfile',
      'tilde',
    ]),
    saveOptions: new Set(),
    offlineOption: 'offline',
  })
  return plan
}

/**
 * Without a range Yarn saves the tag that it is given, and takes no alias of `jsr:` at all.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED`
 */
export function refuseRangeless(packages: readonly string[], command: InstallCommand): void {
  const found = packages.find((name) => {
    const target = /(?:^|@)jsr:(.*)$/is.exec(name)?.[1]
    return target !== undefined && (target === '' || /^@[^@]*$/.test(target))
  })
  if (found === undefined) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    `${JSON.stringify(found)} names no range, and Yarn would save none`,
    { hint: `name one: jsr-guard ${command} ${found}@^1` },
  )
}

/**
 * The program that a project brings along, absolute.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` where it lies outside of the project.
 */
export function findOwnYarn(root: string, yarnPath: string | undefined): string | undefined {
  if (yarnPath === undefined) return undefined
  const file = path.resolve(root, yarnPath)
  if (!path.relative(root, file).startsWith('..')) return file
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    'the Yarn that the project names is not in it',
    {
      hint: 'let yarnPath name a file of the project, as "yarn set version" writes it',
    },
  )
}

function findText(settings: readonly YarnBerrySettings[], key: string): string | undefined {
  const found = settings.map(({ value }) => value[key]).find((value) => typeof value === 'string')
  return typeof found === 'string' ? found : undefined
}

function readNetwork(
  { npmConfig }: Project,
  settings: readonly YarnBerrySettings[],
  env: Readonly<Record<string, string | undefined>>,
): ClientNetwork {
  const options = registryOptions(npmConfig)
  const authorities = findText(settings, 'httpsCaFilePath') ?? findText(settings, 'caFilePath')
  return {
    proxies: {
      httpsProxy: env['YARN_HTTPS_PROXY'] ?? findText(settings, 'httpsProxy'),
      proxy: env['YARN_HTTP_PROXY'] ?? findText(settings, 'httpProxy'),
    },
    // Yarn reads no .npmrc; what is in one does no harm, for it goes to the address that it is for.
    registryOptions: Object.assign(options, {
      ...readYarnCredentials(
        settings.map(({ value }) => value),
        env,
      ),
      ...(authorities === undefined ? {} : { ca: readFileSync(authorities, 'utf8') }),
    }),
  }
}
