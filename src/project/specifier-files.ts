import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { findDenoReferences, readDenoJson } from '../manifest/deno-json.ts'
import type { JsonSpecifiers } from '../manifest/json-specifiers.ts'
import { readVltJson } from '../manifest/vlt-json.ts'
import type { SpecifierFile } from '../policy/rule.ts'
import type { ClientName } from '../route/route.ts'
import type { ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'

/**
 * The files beside the manifests in which a client in use finds specifiers: catalogs and package
 * extensions of Yarn, imports of Deno, catalogs and modifiers of vlt.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for one that can't be read.
 */
export async function loadSpecifierFiles(
  inUse: ReadonlySet<ClientName>,
  place: ConfigPlace,
): Promise<SpecifierFile[]> {
  const files = await Promise.all([
    inUse.has('yarn-berry') ? loadYarnFile(place) : [],
    inUse.has('deno') ? loadDenoFiles(place) : [],
    inUse.has('vlt') ? loadVltFile(place) : [],
  ])
  return files.flat()
}

async function loadYarnFile(place: ConfigPlace): Promise<SpecifierFile[]> {
  const found = await loadConfigText(path.join(place.root, '.yarnrc.yml'), place)
  if (found === undefined) return []
  const { readWorkspaceFile } = await import('../manifest/workspace-yaml.ts')
  const { file, dependencies } = readWorkspaceFile(found.text, found.label)
  return [{ file, dependencies, client: 'yarn-berry' }]
}

async function loadVltFile(place: ConfigPlace): Promise<SpecifierFile[]> {
  const found = await loadConfigText(path.join(place.root, 'vlt.json'), place)
  if (found === undefined) return []
  const { file, dependencies } = readVltJson(found.text, found.label)
  return [{ file, dependencies, client: 'vlt' }]
}

/** Of the root, of the members of the workspace, and the import map where it is a file of its own. */
async function loadDenoFiles(place: ConfigPlace): Promise<SpecifierFile[]> {
  const own = await loadDenoFolder('', place)
  const { members, importMap } = findDenoReferences(own[0]?.value)
  const inner = await Promise.all(
    members.map(async (member) => await loadDenoFolder(member, place)),
  )
  const maps = importMap === undefined ? [] : [await loadImportMap(importMap, place)]
  return [...own, ...inner.flat(), ...maps].map(({ file, dependencies }) => ({
    file,
    dependencies,
    client: 'deno',
  }))
}

async function loadDenoFolder(folder: string, place: ConfigPlace): Promise<JsonSpecifiers[]> {
  // A member that lies outside is a project of its own.
  const base = path.join(place.root, folder)
  if (path.relative(place.root, base).startsWith('..')) return []
  const found = await Promise.all(
    ['deno.json', 'deno.jsonc'].map(
      async (name) => await loadConfigText(path.join(base, name), place),
    ),
  )
  return found.flatMap((one) => (one === undefined ? [] : [readDenoJson(one.text, one.label)]))
}

async function loadImportMap(target: string, place: ConfigPlace): Promise<JsonSpecifiers> {
  const found = /^[a-z]+:/i.test(target)
    ? undefined
    : await loadConfigText(path.join(place.root, target), place)
  if (found !== undefined) return readDenoJson(found.text, found.label)
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `the import map of deno.json can't be read`, {
    hint: 'let "importMap" name a file of the project, or move what it says into deno.json',
    file: 'deno.json',
  })
}
