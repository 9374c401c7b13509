import { clientTitles } from './advice.ts'
import type { ClientInUse, PolicyContext } from './rule.ts'

/**
 * The clients whose routes matter: those in use in the root, and those that take a folder below it,
 * where their lockfile lies, for a project of its own.
 */
export function listRoutedClients({
  clients,
  lockfiles,
}: Pick<PolicyContext, 'clients' | 'lockfiles'>): readonly ClientInUse[] {
  const owners = lockfiles.flatMap(({ owner }) => (owner?.folder === undefined ? [] : [owner]))
  return owners.length === 0 ? clients : [...clients, ...new Set(owners)]
}

/** The clients that read a file: those in use, and those whose project the folder is. */
export function listReaders(
  file: string,
  context: Pick<PolicyContext, 'clients' | 'lockfiles'>,
): readonly ClientInUse[] {
  return listRoutedClients(context).filter(
    ({ folder }) => folder === undefined || file.startsWith(`${folder}/`),
  )
}

/** What people call a client, and the folder below the root that it is used in. */
export function titleClient({ name, folder }: Pick<ClientInUse, 'name' | 'folder'>): string {
  return folder === undefined ? clientTitles[name] : `${clientTitles[name]} in ${folder}`
}
