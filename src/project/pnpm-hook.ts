import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import { findHookBypasses, hookFileName } from '../config/pnpm-hook.ts'
import type { PnpmHook } from '../policy/rule.ts'
import { orAbsent } from './error-code.ts'
import { readFileText } from './file-text.ts'

/**
 * jsr-guard's hook in a project, and what keeps pnpm from running it; `undefined` where the project's
 * hook says nothing of jsr-guard. A hook that can't be read may be anyone's, so it counts.
 */
export async function loadPnpmHook(
  root: string,
  config: PnpmConfig,
): Promise<PnpmHook | undefined> {
  const found = await readFileText(path.join(root, hookFileName))
  if (found.type === 'absent') return undefined
  if (found.type === 'text' && !found.text.includes('jsr-guard')) return undefined
  const module = await orAbsent(lstat(path.join(root, '.pnpmfile.mjs')))
  return {
    file: hookFileName,
    bypasses: findHookBypasses(config, { hasModule: module !== undefined }),
  }
}
