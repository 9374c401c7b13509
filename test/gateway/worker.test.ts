import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { clients } from '../clients/clients.ts'
import { workerdProgram } from '../clients/others.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { askOver } from './transports.ts'

const patient = { timeout: 120_000 }
const name = '@jsr/luca__cases'

let world: World
let jsr: JsrEndpoint
beforeAll(async () => {
  world = await startWorld()
  jsr = await startJsrEndpoint()
})
afterAll(() => Promise.all([world.close(), jsr.close()]))

test(
  'the built handler runs unchanged in a worker runtime, and npm installs from it',
  patient,
  async () => {
    const { tarball, integrity } = jsr.build({
      name,
      version: '1.0.0',
      files: { 'a.txt': 'a'.repeat(200_000) },
    })
    const url = await startWorker()
    expect((await askOver(url, '/-/ping')).body.toString()).toBe('{}')
    expect((await askOver(url, '/lodash')).status).toBe(404)
    const packument = JSON.parse((await askOver(url, `/${name}`)).body.toString())
    expect(packument.versions['1.0.0'].dist).toMatchObject({
      integrity,
      tarball: `${url}${name}/-/luca__cases-1.0.0.tgz`,
    })
    for (const _ of ['from JSR', 'from memory']) {
      expect((await askOver(url, `/${name}/-/luca__cases-1.0.0.tgz`)).body.equals(tarball)).toBe(
        true,
      )
    }
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
      '.npmrc': `@jsr:registry=${url}\n`,
    })
    const [npm] = clients.filter(({ version }) => version.startsWith('11.'))
    if (npm === undefined) throw new Error('npm 11 is not in the list of clients')
    const noProxies = {
      HTTPS_PROXY: undefined,
      HTTP_PROXY: undefined,
      https_proxy: undefined,
      http_proxy: undefined,
    }
    const result = await runClient(npm, ['install'], { cwd, env: world.env(noProxies, npm) })
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
  },
)

test('a wrong body is cut off there too', patient, async () => {
  const { tarball } = jsr.build({ name, version: '2.0.0' })
  jsr.intercept(({ url }, response) => {
    if (url?.endsWith('.tgz') !== true) return false
    response.writeHead(200, { 'content-length': tarball.length })
    response.end(Buffer.concat([tarball.subarray(0, -1), Buffer.from([7])]))
    return true
  })
  onTestFinished(() => jsr.intercept(undefined))
  const url = await startWorker()
  const cut = askOver(url, `/${name}/-/luca__cases-2.0.0.tgz`).then(({ status, body }) => {
    if (status !== 200 || body.length < tarball.length) throw new Error('cut off')
    return body
  })
  await expect(cut).rejects.toThrow()
})

/** Starts workerd with the handler of `dist`, bundled; gives its address. */
async function startWorker(): Promise<string> {
  const directory = await createProject({})
  const bundle = await rolldown({
    input: fileURLToPath(new URL('worker.mjs', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
  })
  await bundle.write({ file: join(directory, 'worker.js'), format: 'esm' })
  await bundle.close()
  // The public URL has to be known before workerd has taken a port, so the test's own port is free.
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}/`
  await writeFile(join(directory, 'config.capnp'), formatConfig(port, url))
  const child = spawn(workerdProgram, ['serve', 'config.capnp', '--control-fd=1'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await once(createInterface(child.stdout), 'line')
  return url
}

async function findFreePort(): Promise<number> {
  const endpoint = await startJsrEndpoint()
  await endpoint.close()
  return Number(new URL(endpoint.url).port)
}

function formatConfig(port: number, url: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-01-01",
      bindings = [(name = "PUBLIC_URL", text = "${url}"), (name = "UPSTREAM", text = "${jsr.url}")],
      globalOutbound = "out",
    )),
    (name = "out", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}
