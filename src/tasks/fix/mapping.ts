import path from 'node:path'
import { addBunJsrScope } from '../../config/bunfig-edit.ts'
import { findJsrMapping, setJsrMapping } from '../../config/npmrc-edit.ts'
import { addYarnJsrServer } from '../../config/yarnrc-edit.ts'
import { JsrGuardError } from '../../errors.ts'
import { clientTitles } from '../../policy/advice.ts'
import type { ClientInUse } from '../../policy/rule.ts'
import type { ConfigPlace } from '../../project/config-place.ts'
import { readFileText } from '../../project/file-text.ts'
import type { ClientName } from '../../route/route.ts'
import { redactUrl } from '../../url/redact.ts'
import { isLoopback } from '../../url/web-url.ts'
import type { CheckedProject } from '../check.ts'
import type { FixPlan } from './edit.ts'

/** A file of the project's that maps scopes, and how it gets a mapping of `@jsr`. */
interface MappingFile {
  readonly file: string
  /** The clients that take it from there. */
  readonly clients: ReadonlySet<ClientName>
  /** @throws JsrGuardError where the file is written in a way that can't be added to. */
  readonly add: (text: string, registry: URL) => string
}

const npmrc: MappingFile = {
  file: '.npmrc',
  clients: new Set(['npm', 'pnpm', 'yarn', 'bun', 'deno']),
  add: (text, registry) => {
    const mapping = findJsrMapping(text)
    if (mapping === undefined) return setJsrMapping(text, registry)
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', '.npmrc maps @jsr in a way that is not read', {
      file: '.npmrc',
    })
  },
}

const yarnrc: MappingFile = {
  file: '.yarnrc.yml',
  clients: new Set(['yarn-berry']),
  add: addYarnJsrServer,
}

/** Bun reads `.npmrc` too; who has a `bunfig.toml` looks for it there. */
const bunfig: MappingFile = { file: 'bunfig.toml', clients: new Set(['bun']), add: addBunJsrScope }

const rules: ReadonlySet<string> = new Set(['direct-route', 'public-route', 'unmapped-scope'])

/**
 * Maps `@jsr` to the private registry in the files of the project that its clients read, where nothing
 * maps it and a finding says so. A mapping that is there is somebody's decision, wherever it leads,
 * and is left alone.
 */
export async function editMapping(
  checked: CheckedProject,
  { env }: Pick<ConfigPlace, 'env'>,
): Promise<FixPlan> {
  const { context, findings, project } = checked
  const { registry } = context
  const unmapped = context.clients.filter(({ route }) => route.kind !== 'scope')
  const nothing: FixPlan = { edits: [], kept: [] }
  if (registry === undefined || unmapped.length === 0) return nothing
  if (registry.protocol !== 'https:' && !isLoopback(registry.hostname)) return nothing
  if (!findings.some(({ rule }) => rules.has(rule))) return nothing
  const files = await chooseFiles(unmapped, project.root)
  const plans = await Promise.all(
    files.map(async (found) => await editFile(found, { root: project.root, registry, env })),
  )
  return {
    edits: plans.flatMap(({ edits }) => edits),
    kept: [...plans.flatMap(({ kept }) => kept), ...keepVlt(unmapped)],
  }
}

/** Each file once, and those that several clients read before those that one does. */
async function chooseFiles(unmapped: readonly ClientInUse[], root: string): Promise<MappingFile[]> {
  const hasBunfig = (await readFileText(path.join(root, bunfig.file))).type !== 'absent'
  const others = unmapped.filter(({ name }) => name !== 'bun' || !hasBunfig)
  return [
    ...(others.some(({ name }) => npmrc.clients.has(name)) ? [npmrc] : []),
    ...(unmapped.some(({ name }) => yarnrc.clients.has(name)) ? [yarnrc] : []),
    ...(hasBunfig && unmapped.some(({ name }) => name === 'bun') ? [bunfig] : []),
  ]
}

interface MappingPlace extends Pick<ConfigPlace, 'root' | 'env'> {
  readonly registry: URL
}

async function editFile(
  { file, add }: MappingFile,
  { root, env, registry }: MappingPlace,
): Promise<FixPlan> {
  const keep = (reason: string): FixPlan => ({
    edits: [],
    kept: [{ file, line: undefined, reason }],
  })
  const named = env['YARN_RC_FILENAME']
  if (file === yarnrc.file && named && named !== file) {
    return keep('YARN_RC_FILENAME lets Yarn read another file: map @jsr there')
  }
  const target = path.join(root, file)
  const found = await readFileText(target)
  if (found.type === 'unreadable') return keep(`@jsr can't be mapped in it: ${found.reason}`)
  const before = found.type === 'text' ? found.text : undefined
  try {
    const after = add(before ?? '', registry)
    const changes = [`@jsr is mapped to ${redactUrl(registry)}`]
    return { edits: [{ file, path: target, before, after, changes }], kept: [] }
  } catch (error) {
    // The client would not read what was added; the finding stays.
    if (!(error instanceof JsrGuardError)) throw error
    return keep(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`)
  }
}

/** vlt refuses a lockfile that records other settings, and would then resolve all anew. */
function keepVlt(unmapped: readonly ClientInUse[]): FixPlan['kept'] {
  return unmapped
    .filter(({ name }) => name === 'vlt')
    .map(({ name }) => ({
      file: 'vlt.json',
      line: undefined,
      reason: `${clientTitles[name]} refuses a lockfile that was made with other registries: map @jsr in it, and lock again`,
    }))
}
