import process from 'node:process'
import { findPnpmVersion } from '../client/pnpm-version.ts'
import type { PnpmInUse } from '../project/load.ts'

/** The pnpm that would be run here. A check starts no program, so a shim's version stays unknown. */
export async function findPnpmInUse(
  env: Readonly<Record<string, string | undefined>>,
): Promise<PnpmInUse> {
  return { version: await findPnpmVersion({ env, platform: process.platform }) }
}
