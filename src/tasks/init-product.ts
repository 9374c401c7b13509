import path from 'node:path'
import { addNpmrcLines } from '../config/npmrc-edit.ts'
import { addPolicyTarballs } from '../config/policy-edit.ts'
import { detectProduct, type DetectedProduct } from '../doctor/products.ts'
import { findClientFiles } from '../project/client-files.ts'
import { readDeclaredClients } from '../project/declared-clients.ts'
import { readFileText } from '../project/file-text.ts'
import { loadNpmConfig } from '../project/npm-config.ts'
import { registryOptions } from '../project/npm-registry-options.ts'
import type { LoadedManifest } from '../project/workspaces.ts'
import { hasCredentials } from '../registry/credentials.ts'
import type { ClientName } from '../route/route.ts'
import { findNpmInUse } from './npm-in-use.ts'

/** What is known of a project that is to be set up. */
export interface ProductPlan {
  readonly root: string
  readonly cwd: string
  readonly manifests: readonly LoadedManifest[]
  readonly registry: URL
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** A file that is to be written. */
interface FileEdit {
  readonly file: string
  readonly before: string | undefined
  readonly after: string
}

/** What the registry's product wants of the configuration, beyond the route. */
export interface ProductSetup {
  /** As its maker calls it; `undefined` where the registry's address tells none. */
  readonly product: string | undefined
  /** The edits, with what it wants in them, and those of further files. */
  readonly edits: readonly FileEdit[]
  /** What is left to do by hand, a line each. */
  readonly notes: readonly string[]
}

/**
 * Adds to the configuration what the registry's product wants, by its address alone: lines for
 * credentials, with the names of variables, and other places of its tarballs; and the route of
 * clients that read no `.npmrc`.
 *
 * Where credentials are configured already, in the user's own file, none are written: the
 * project's lines would go before them.
 */
export async function setUpProduct(
  plan: ProductPlan,
  edits: readonly FileEdit[],
): Promise<ProductSetup> {
  const detected = detectProduct(plan.registry)
  const clients = await findClients(plan)
  const lines = detected?.product.credentialLines(detected.place) ?? []
  const wanted = (await isKnown(plan)) ? [] : lines
  const yarn = clients.has('yarn-berry') ? await editYarn(plan, lines) : undefined
  return {
    product: detected?.product.name,
    edits: [
      ...edits.map((edit) => addTo(edit, { detected, lines: clients.has('pnpm') ? [] : wanted })),
      ...(yarn?.edit === undefined ? [] : [yarn.edit]),
    ],
    notes: [
      ...listCredentialNotes(wanted, { detected, hasPnpm: clients.has('pnpm') }),
      ...(yarn?.notes ?? []),
    ],
  }
}

async function isKnown({ root, cwd, registry, env, home }: ProductPlan): Promise<boolean> {
  const npm = await findNpmInUse(env)
  const { version, folder: npmFolder, nodePath } = npm
  const config = await loadNpmConfig({ root, cwd, env, home, version, npmFolder, nodePath })
  return hasCredentials(registry, registryOptions(config))
}

async function findClients({ root, cwd, manifests }: ProductPlan): Promise<Set<ClientName>> {
  const [first] = manifests
  const declared = first === undefined ? [] : readDeclaredClients(first.text)
  const files = await findClientFiles(root, cwd)
  return new Set([
    ...declared.flatMap(({ client }) => client ?? []),
    ...files.map(({ client }) => client),
  ])
}

interface Addition {
  readonly detected: DetectedProduct | undefined
  /** For `.npmrc`. */
  readonly lines: readonly string[]
}

function addTo(edit: FileEdit, { detected, lines }: Addition): FileEdit {
  if (edit.file === '.npmrc') return { ...edit, after: addNpmrcLines(edit.after, lines) }
  if (detected === undefined) return edit
  const tarballs = detected.product.tarballs(detected.place)
  const inside = path.basename(edit.file) === 'package.json' ? ['jsr-guard'] : []
  return { ...edit, after: addPolicyTarballs(edit.after, tarballs, inside) }
}

/**
 * pnpm 10.34.9, 11.5.3, 12 and later put no variables into the credentials of a project's `.npmrc`:
 * for them the lines belong into the user's own.
 */
function listCredentialNotes(
  lines: readonly string[],
  {
    detected,
    hasPnpm,
  }: { readonly detected: DetectedProduct | undefined; readonly hasPnpm: boolean },
): string[] {
  if (detected === undefined || lines.length === 0) return []
  const { product, place } = detected
  const own = hasPnpm
    ? [
        "pnpm reads no variables in a project's .npmrc: add these lines to your own, ~/.npmrc",
        ...lines,
      ]
    : []
  return [...own, ...product.advice.credentials(place)]
}

/** Yarn 2 and later read no `.npmrc`. */
async function editYarn(
  { root, registry }: ProductPlan,
  lines: readonly string[],
): Promise<{ readonly edit: FileEdit | undefined; readonly notes: readonly string[] }> {
  const file = '.yarnrc.yml'
  const found = await readFileText(path.join(root, file))
  const before = found.type === 'text' ? found.text : undefined
  const scope = formatYarnScope(registry, lines)
  if (found.type === 'absent') return { edit: { file, before, after: scope }, notes: [] }
  if (before !== undefined && !/^npmScopes\s*:/m.test(before)) {
    const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
    return { edit: { file, before, after: start + scope }, notes: [] }
  }
  if (before?.includes(registry.href) === true) return { edit: undefined, notes: [] }
  const notes = [`see that ${file} says:`, ...scope.trimEnd().split('\n')]
  return { edit: undefined, notes }
}

function formatYarnScope(registry: URL, lines: readonly string[]): string {
  const variable = lines.flatMap((line) => /:_authToken=\$\{(\w+)\}$/.exec(line)?.[1] ?? [])[0]
  return [
    'npmScopes:',
    '  jsr:',
    `    npmRegistryServer: ${JSON.stringify(registry.href)}`,
    // Without the dash Yarn would fail wherever the variable is not set.
    ...(variable === undefined ? [] : [`    npmAuthToken: "\${${variable}-}"`]),
    '',
  ].join('\n')
}
