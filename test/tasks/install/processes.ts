import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

/** Whether a process runs. One that has ended, and that nobody has waited for yet, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return process.platform !== 'linux' || !['Z', 'X', undefined].includes(readState(pid))
}

/** The clients that a run in a project has taken note of, and that run. */
export async function readClients(cwd: string): Promise<number[]> {
  const { clients } = JSON.parse(await readFile(join(cwd, '.jsr-guard', 'lock'), 'utf8'))
  return clients.map(({ pid }: { pid: number }) => pid).filter(isRunning)
}

/** The letter after the program's name, which may hold anything, in parentheses. */
function readState(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
  } catch {
    return undefined
  }
}
