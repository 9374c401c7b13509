import { lockfileFormats } from '../lockfile/formats.ts'
import type { ClientName } from '../route/route.ts'
import type { ClientFile } from './client-files.ts'
import type { DeclaredClient } from './declared-clients.ts'

/** What shows that a client is in use. */
export interface ClientSign {
  /** The client's name as written. */
  readonly name: string
  readonly file: string
  /** 1-based. */
  readonly line: number | undefined
}

/** What a project has to do with which clients. */
export interface DetectedClients {
  /** Those in use that can be judged. */
  readonly inUse: ReadonlySet<ClientName>
  /** To be read, those of clients that can't be judged included. */
  readonly lockfiles: readonly ClientFile[]
  /** One sign of each other client that has no lockfile here. */
  readonly unjudged: readonly ClientSign[]
  /** Files of other clients than the one that was asked for. */
  readonly leftOut: readonly string[]
}

/** What the clients are detected from. */
export interface ClientEvidence {
  readonly files: readonly ClientFile[]
  readonly declared: readonly DeclaredClient[]
  /** One client that is asked for. */
  readonly only: ClientName | undefined
  /** The clients that can be judged. */
  readonly known: readonly ClientName[]
}

/**
 * Finds out which clients are in use: those that are declared, have a lockfile or are configured;
 * npm where nothing shows any other.
 */
export function detectClients(evidence: ClientEvidence): DetectedClients {
  const { files, only, known } = evidence
  const signs = listSigns(evidence)
  const isInUse = (name: ClientName): boolean =>
    only === undefined ? signs.some(({ client }) => client === name) : only === name
  const wanted = (found: ClientFile): boolean => only === undefined || usersOf(found).includes(only)
  const lockfiles = files.filter((found) => found.kind === 'lockfile' && wanted(found))
  const hasNothing = only === undefined && signs.length === 0
  return {
    inUse: new Set(hasNothing ? ['npm'] : known.filter(isInUse)),
    lockfiles,
    unjudged: only === undefined ? findUnjudged(signs, { lockfiles, known }) : [],
    leftOut: files.filter((found) => !wanted(found)).map(({ file }) => file),
  }
}

interface Sign extends ClientSign {
  readonly client: ClientName | undefined
}

function listSigns({ files, declared }: ClientEvidence): Sign[] {
  return [
    ...declared.map(({ client, name, line }) => ({ client, name, file: 'package.json', line })),
    ...files.map(({ client, file }) => ({ client, name: client, file, line: undefined })),
  ]
}

/** The clients that read a file: npm reads a `yarn.lock` where its own lockfile says nothing. */
function usersOf({ file, client }: ClientFile): ClientName[] {
  return [
    client,
    ...lockfileFormats.flatMap((known) => (known.file === file ? [known.client] : [])),
  ]
}

/** A lockfile speaks for its client already, and one sign for every kind of Yarn. */
function findUnjudged(
  signs: readonly Sign[],
  { lockfiles, known }: Pick<DetectedClients, 'lockfiles'> & Pick<ClientEvidence, 'known'>,
): ClientSign[] {
  const spoken = new Set<string>([...known, ...lockfiles.map(({ client }) => familyOf(client))])
  return signs.flatMap(({ client, name, file, line }) => {
    if (client !== undefined && known.includes(client)) return []
    const family = familyOf(client ?? name)
    if (spoken.has(family) || lockfiles.some((lockfile) => lockfile.file === file)) return []
    spoken.add(family)
    return [{ name, file, line }]
  })
}

function familyOf(name: string): string {
  return name === 'yarn-berry' ? 'yarn' : name
}
