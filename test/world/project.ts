import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes a temp dir with these files (objects as JSON), which is removed when the test has finished. */
export async function createProject(
  files: Readonly<Record<string, string | object>>,
): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'jsr-guard-project-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const write = async ([path, content]: [string, string | object]) => {
    const file = join(directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : formatJson(content))
  }
  await Promise.all(Object.entries(files).map(write))
  return directory
}

function formatJson(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}
