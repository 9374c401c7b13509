import type { Finding } from '../../finding.ts'
import { inspectProject, type CheckedProject } from '../check.ts'
import type { InstallRun } from './step.ts'

/** What the project looks like now, without what an install takes care of by itself. */
export async function inspect(run: Omit<InstallRun, 'lock'>): Promise<CheckedProject> {
  const { program, arguments: args, projectFolder } = run
  const checked = await inspectProject({
    ...run,
    cwd: projectFolder,
    // An install runs npm: what shows that the project is another client's stops it.
    known: ['npm'],
    npm: {
      version: program.version,
      folder: program.folder,
      nodePath: program.nodePath,
      argv: withAbsolutePrefix(args, run),
    },
  })
  return { ...checked, findings: checked.findings.filter(isOfConcern) }
}

/** npm resolves `--prefix` by its own folder; the configuration is read as of the project's. */
function withAbsolutePrefix(
  args: readonly string[],
  { parsed, projectFolder }: Pick<InstallRun, 'parsed' | 'projectFolder'>,
): readonly string[] {
  if (parsed.settings['prefix'] === undefined) return args
  const end = args.indexOf('--')
  const flags = end === -1 ? args : args.slice(0, end)
  return [...flags, `--prefix=${projectFolder}`]
}

/** `jsr:` in a manifest is translated for the run; what a policy makes an error stays one. */
function isOfConcern({ rule, severity, file }: Finding): boolean {
  return !(rule === 'jsr-specifier' && severity === 'warning' && file.endsWith('package.json'))
}

/** Whether anything is at error level. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}
