import { JsrGuardError } from '../../errors.ts'
import type { RewriteDirection } from '../../manifest/rewrite.ts'
import { findFolder } from '../../project/folder.ts'
import { findProjectRoot } from '../../project/pnpm-root.ts'
import { rewriteProject, type RewriteReport } from '../../tasks/rewrite.ts'
import type { Invocation } from '../commands.ts'
import { formatLine } from '../format-line.ts'
import { parseSettings, refuseArguments, refuseFormats, type Settings } from '../settings.ts'

/** Rewrites the specifiers of the manifests with `--write`, and prints what it changes. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context, name } = invocation
  const settings = parseSettings(options, context)
  refuseFormats(settings, name)
  const isCheck = options.has('check')
  if (isCheck && options.has('write')) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', '--check and --write exclude each other')
  }
  const report = await rewriteProject({
    root: await findProjectRoot(await findFolder(settings.cwd)),
    direction: parseDirection(options.get('to')?.[0]),
    mode: options.has('write') ? 'write' : 'check',
    onWait: ({ pid }) => context.stderr.write(`jsr-guard: waiting for another run (${pid})\n`),
  })
  if (report.files.length === 0) throw nothingToRewrite()
  context.stdout.write(renderReport(report, settings))
  const isUndone = isCheck && report.changes.length > 0
  return isUndone || report.problems.length > 0 ? 1 : 0
}

function parseDirection(text: string | undefined): RewriteDirection {
  if (text === undefined || text === 'npm' || text === 'jsr') return text ?? 'npm'
  throw new JsrGuardError(
    'ERR_JSR_GUARD_USAGE',
    `--to takes npm or jsr, not ${JSON.stringify(text)}`,
  )
}

function nothingToRewrite(): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_NOTHING_TO_CHECK', 'there is no package.json here', {
    hint: 'name the folder of the project with --cwd',
  })
}

function renderReport(report: RewriteReport, { detail }: Settings): string {
  const changes = report.changes.map(({ file, line, path, from, to }) =>
    formatLine(`${file}:${line} ${path.join(' > ')}: ${from} -> ${to}`),
  )
  const problems = report.problems.flatMap(({ file, line, specifier, reason, hint }) => [
    formatLine(`error ${file}:${line} ${JSON.stringify(specifier)}: ${reason}`),
    ...(hint === undefined ? [] : [formatLine(`  hint: ${hint}`)]),
  ])
  const lines = detail === 'quiet' ? problems : [...changes, ...problems, renderSummary(report)]
  return lines.map((line) => `${line}\n`).join('')
}

function renderSummary({ files, changes, problems, isWritten }: RewriteReport): string {
  const verb = isWritten || changes.length === 0 ? 'rewritten' : 'to rewrite'
  const manifests = files.length === 1 ? 'manifest' : 'manifests'
  const byHand = problems.length === 0 ? '' : `, ${problems.length} to be rewritten by hand`
  const how = verb === 'to rewrite' ? ' (--write does it)' : ''
  return `${changes.length} ${verb} in ${files.length} ${manifests}${byHand}${how}`
}
