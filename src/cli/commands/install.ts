import { constants } from 'node:os'
import process from 'node:process'
import type { InstallCommand } from '../../client/npm-plan.ts'
import { escapeLines } from '../../report/escape.ts'
import { installProject } from '../../tasks/install.ts'
import type { InstallEnd, InstallProgress } from '../../tasks/install/step.ts'
import { redactText } from '../../url/redact.ts'
import type { Invocation } from '../commands.ts'
import { reportExitCode } from '../exit-code.ts'
import { formatLine } from '../format-line.ts'
import { parseSettings, type Settings } from '../settings.ts'
import { writeReport } from '../write-report.ts'

/** Runs the project's package manager, verified, and prints what came from where. */
export async function run(invocation: Invocation): Promise<number> {
  const { options, context, name } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels, formats } = settings
  const { env, home } = context
  const signals = catchSignals()
  try {
    const { report, end } = await installProject({
      cwd,
      registry,
      client,
      config,
      levels,
      env,
      home,
      command: parseCommand(name),
      arguments: invocation.arguments,
      isStdoutTaken: formats.some((format) => format.file === undefined && format.name !== 'text'),
      stop: signals.stop,
      onProgress: (step) => showProgress(step, { settings, invocation }),
    })
    await writeReport(report, { settings, context })
    return exitCodeOf(end) ?? reportExitCode(report)
  } finally {
    signals.release()
  }
}

function parseCommand(name: string): InstallCommand {
  if (name === 'ci' || name === 'add' || name === 'update') return name
  return 'install'
}

/** A report of errors ends with 1; otherwise a client's own failure keeps the client's exit code. */
function exitCodeOf(end: InstallEnd): number | undefined {
  switch (end.type) {
    case 'done':
      return undefined
    case 'stopped':
      return 1
    case 'client-failed':
      return end.exitCode
    case 'interrupted':
      return 128 + (signalNumbers[end.signal] ?? constants.signals.SIGTERM)
  }
}

const signalNumbers: Readonly<Record<string, number | undefined>> = constants.signals

/** The manifests are put back before we go, so a signal ends the run and not the process. */
function catchSignals(): { readonly stop: AbortSignal; readonly release: () => void } {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (name: NodeJS.Signals): void => controller.abort(name)
  for (const name of names) process.on(name, onSignal)
  return {
    stop: controller.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

interface Audience {
  readonly settings: Settings
  readonly invocation: Invocation
}

function showProgress(step: InstallProgress, { settings, invocation }: Audience): void {
  const { stderr } = invocation.context
  const text = describeProgress(step)
  const isNews = step.type === 'waiting' || step.type === 'recovered' || step.type === 'refused'
  if (step.type === 'client-output') {
    for (const line of escapeLines(redactText(text))) stderr.write(`${line}\n`)
  } else if (isNews || settings.detail !== 'quiet') stderr.write(`jsr-guard: ${formatLine(text)}\n`)
}

function describeProgress(step: InstallProgress): string {
  switch (step.type) {
    case 'waiting':
      return `waiting for the run with process id ${step.pid} to end in this project`
    case 'recovered':
      return `an earlier run was killed: put back ${step.files.join(', ')}`
    case 'resolving':
      return step.isAside
        ? 'making the lockfile, aside and without scripts'
        : 'making the lockfile, without tarballs and without scripts'
    case 'probing':
      return `asking the registry for ${step.packages} @jsr ${step.packages === 1 ? 'package' : 'packages'}`
    case 'installing':
      return 'installing, with the way to JSR closed'
    case 'refused':
      return `refused a connection to ${step.host}, and ended the run`
    case 'client-output':
      return step.text.trimEnd()
  }
}
