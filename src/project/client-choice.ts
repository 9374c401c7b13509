import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import type { ClientName } from '../route/route.ts'
import { findClientFiles } from './client-files.ts'
import { readDeclaredClients, type DeclaredClient } from './declared-clients.ts'
import { readFileText } from './file-text.ts'
import { findFolder } from './folder.ts'
import { findProjectRoot } from './pnpm-root.ts'

/**
 * The client that a project is installed with: the one that its `package.json` declares, else the
 * one whose files lie there; npm where there is nothing, or where they are several clients' files.
 *
 * Whatever is chosen judges the project, and stops where another client's files are there too.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE` where there is no such folder.
 */
export async function chooseClient(cwd: string): Promise<ClientName> {
  const folder = await findFolder(cwd)
  const root = await findProjectRoot(folder)
  const [declared] = await loadDeclared(root)
  if (declared?.client !== undefined) return declared.client
  const files = await findClientFiles(root, folder)
  const names = new Set(files.map(({ client }) => client))
  const [first] = names
  return first !== undefined && names.size === 1 ? first : 'npm'
}

async function loadDeclared(root: string): Promise<DeclaredClient[]> {
  const found = await readFileText(path.join(root, 'package.json'))
  if (found.type !== 'text') return []
  try {
    return readDeclaredClients(found.text)
  } catch (error) {
    // Whoever reads the project next says what is wrong with it.
    if (error instanceof JsrGuardError) return []
    throw error
  }
}
