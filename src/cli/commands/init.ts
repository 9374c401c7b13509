import { JsrGuardError } from '../../errors.ts'
import { readOwnVersion } from '../../project/own-version.ts'
import { initProject, type InitResult } from '../../tasks/init.ts'
import type { Invocation } from '../commands.ts'
import { formatLine } from '../format-line.ts'
import { parseSettings, refuseArguments, refuseFormats, refuseOtherClients } from '../settings.ts'

/** Writes the configuration of a project, and prints what it wrote. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context, name } = invocation
  const settings = parseSettings(options, context)
  if (settings.client !== 'pnpm') refuseOtherClients(settings, name)
  refuseFormats(settings, name)
  const system = parseSystem(options.get('ci')?.[0])
  const { cwd, registry } = settings
  if (registry === undefined) throw noRegistry()
  const { env, home } = context
  const isForced = options.has('force')
  const client = settings.client === 'pnpm' ? 'pnpm' : 'npm'
  const result = await initProject({ cwd, registry, isForced, client, env, home })
  if (settings.detail !== 'quiet') context.stdout.write(renderResult(result, client))
  if (system !== undefined) context.stdout.write(ciSteps[system](readOwnVersion()))
  return result.isRouted && result.advice.length === 0 ? 0 : 1
}

function noRegistry(): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_USAGE', 'init needs the private registry', {
    hint: 'write jsr-guard init --registry https://npm.corp.example/npm/',
  })
}

type CiSystem = 'github' | 'gitlab'

function parseSystem(text: string | undefined): CiSystem | undefined {
  if (text === undefined || text === 'github' || text === 'gitlab') return text
  throw new JsrGuardError(
    'ERR_JSR_GUARD_USAGE',
    `--ci takes github or gitlab, not ${JSON.stringify(text)}`,
  )
}

function renderResult(
  { files, route, isRouted, product, advice, notes = [] }: InitResult,
  client: string,
): string {
  const lines = files.map(({ file, change }) => `${change.padEnd(9)} ${file}`)
  const where = `${route.url ?? 'no web address'} (${route.from})`
  lines.push(`${client} asks ${where} for @jsr`)
  if (product !== undefined) lines.push(`which is ${product}, by its address`)
  if (!isRouted) lines.push('which goes before what was written: take it out')
  const all = [...lines, ...[...advice, ...notes].map((line) => `  ${line}`)]
  return all.map((line) => `${formatLine(line)}\n`).join('')
}

/** Steps to paste, before the one that installs. They need no action of anybody's. */
const ciSteps: Readonly<Record<CiSystem, (version: string) => string>> = {
  github: (version) => `
Add this step to the job, before the one that installs:

      - name: JSR packages come through the private registry
        run: npx --yes jsr-guard@${version} check
`,
  gitlab: (version) => `
Add this line to the job's script, before the one that installs:

    - npx --yes jsr-guard@${version} check
`,
}
