import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayOptions } from '../../src/gateway/handler.ts'
import { openDiskStore } from '../../src/serve/disk-store.ts'
import { createNodeDigest, nodeCompressors } from '../../src/serve/node-runtime.ts'
import { createProject } from '../world/project.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { transports, type Answer, type Ask, type Wishes } from './transports.ts'

const name = '@jsr/luca__cases'
const tarball = `/${name}/-/luca__cases-1.0.0.tgz`
const abbreviated = 'application/vnd.npm.install-v1+json'
const authorization = 'Bearer tok-en'
const packumentTag = '"packument"'
const tarballTag = '"tarball"'

/** What is asked; the two tags above stand for those that the gateway gives. */
const requests: readonly (readonly [path: string, wishes?: Wishes])[] = [
  [`/${name}`],
  [`/${name}`, { method: 'HEAD' }],
  [`/${name}`, { headers: { accept: abbreviated } }],
  [`/${name}`, { headers: { accept: `${abbreviated}; q=0.1, application/json` } }],
  [`/${name}`, { headers: { accept: 'a/'.repeat(200) } }],
  [`/${name}`, { headers: { 'accept-encoding': 'gzip' } }],
  [`/${name}`, { headers: { 'accept-encoding': 'gzip;q=0.1, br', accept: abbreviated } }],
  [`/${name}`, { headers: { 'accept-encoding': 'zstd, *;q=0' } }],
  [`/${name}`, { headers: { 'if-none-match': packumentTag } }],
  [`/${name}`, { headers: { 'if-none-match': packumentTag, accept: abbreviated } }],
  [`/${name}`, { headers: { 'if-none-match': packumentTag, 'accept-encoding': 'gzip' } }],
  [`/${name}`, { method: 'HEAD', headers: { 'if-none-match': `"x", W/${packumentTag}` } }],
  [`/${name}`, { headers: { range: 'bytes=0-9' } }],
  ['/@jsr%2fluca__cases'],
  [`/${name}?write=true`],
  [`/${name}`, { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } }],
  [`/${name}`, { headers: { authorization: '' } }],
  [`/${name}`, { headers: { authorization: 'Bearer tok-em' } }],
  [`/${name}`, { method: 'POST' }],
  [tarball],
  [tarball, { method: 'HEAD' }],
  [tarball, { headers: { 'accept-encoding': 'gzip, br' } }],
  [tarball, { headers: { 'if-none-match': tarballTag } }],
  [tarball, { headers: { 'if-none-match': `W/${tarballTag}` } }],
  [tarball, { headers: { 'if-none-match': '*' } }],
  [tarball, { headers: { 'if-none-match': packumentTag } }],
  [tarball, { headers: { range: 'bytes=0-9' } }],
  [tarball, { headers: { range: 'bytes=-7' } }],
  [tarball, { method: 'HEAD', headers: { range: 'bytes=5-' } }],
  [tarball, { headers: { range: 'bytes=999999-' } }],
  [tarball, { headers: { range: 'bytes=0-1,4-5' } }],
  [tarball, { headers: { range: 'bytes=0-9', 'if-range': tarballTag } }],
  [tarball, { headers: { range: 'bytes=0-9', 'if-range': packumentTag } }],
  [tarball, { headers: { range: 'bytes=0-9', 'if-none-match': tarballTag } }],
  [`/${name}/-/1.0.0.tgz`],
  ['/@jsr%2Fluca__cases/-/luca__cases-1.0.0.tgz?cache=off'],
  [tarball, { headers: { host: 'evil.example', forwarded: 'host=evil.example' } }],
  [tarball, { headers: { authorization: '' } }],
  [tarball, { headers: { authorization: 'Basic dG9rLWVu' } }],
  [tarball, { method: 'HEAD', headers: { authorization: 'Bearer tok-enn' } }],
  [tarball, { method: 'DELETE' }],
  [`/${name}/-/luca__cases-9.9.9.tgz`],
  ['/@jsr/no__body'],
  ['/lodash'],
  ['/-/ping'],
]

let jsr: JsrEndpoint
beforeAll(async () => {
  jsr = await startJsrEndpoint()
  const files = { 'a.txt': 'a'.repeat(3000) }
  jsr.build({ name, version: '1.0.0', files })
  for (let minor = 1; minor < 9; minor += 1) jsr.build({ name, version: `1.${minor}.0` })
})
afterAll(() => jsr.close())

type Connect = (options: GatewayOptions) => Promise<Ask>

const { 'in process': inProcess, 'over http': overHttp } = transports

/** A gateway that nobody has asked anything yet, and what it has written down. */
async function open(connect: Connect) {
  const log: unknown[] = []
  const ask = await connect({
    publicUrl: 'https://jsr.corp.example/',
    upstream: jsr.url,
    store: await openDiskStore(join(await createProject({}), 'store')),
    credentials: [{ type: 'bearer', token: 'tok-en' }],
    compressors: nodeCompressors,
    createDigest: createNodeDigest,
    canShare: true,
    log: (event) => void log.push(event),
  })
  return { ask, log }
}

/** What is the runtime's own business is left out. */
const hopHeaders = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

function comparable({ status, headers, body }: Answer) {
  const own = Object.entries(headers).filter(([header]) => !hopHeaders.has(header))
  return { status, headers: Object.fromEntries(own), body: body.toString('latin1') }
}

async function learnTags(ask: Ask): Promise<ReadonlyMap<string, string>> {
  const learn = async (path: string) =>
    String((await ask(path, { headers: { authorization } })).headers['etag'])
  return new Map([
    [packumentTag, await learn(`/${name}`)],
    [tarballTag, await learn(tarball)],
  ])
}

async function askAll(ask: Ask, extra: Readonly<Record<string, string>> = {}) {
  const tags = await learnTags(ask)
  const answers: ReturnType<typeof comparable>[] = []
  for (const row of requests) answers.push(comparable(await ask(...fill(row, tags, extra))))
  return answers
}

/** Each of a gateway that had been asked nothing else. */
async function askEachCold(connect: Connect) {
  const tags = await learnTags((await open(connect)).ask)
  const answers: ReturnType<typeof comparable>[] = []
  for (const row of requests) {
    const { ask } = await open(connect)
    answers.push(comparable(await ask(...fill(row, tags, {}))))
  }
  return answers
}

function fill(
  [path, { method = 'GET', headers = {} } = {}]: (typeof requests)[number],
  tags: ReadonlyMap<string, string>,
  extra: Readonly<Record<string, string>>,
): [string, Wishes] {
  const filled = Object.entries(headers).map(([header, value]): [string, string] => [
    header,
    [...tags].reduce((text, [from, to]) => text.replace(from, to), value),
  ])
  return [path, { method, headers: { authorization, ...extra, ...Object.fromEntries(filled) } }]
}

async function countRequests(ask: Ask): Promise<string[]> {
  const { body } = await ask('/-/metrics', { headers: { authorization } })
  return body
    .toString()
    .split('\n')
    .filter((line) => /_(?:requests|cache|pins)_total\{/.test(line))
    .toSorted()
}

describe('an answer from memory', () => {
  test('is that of a gateway that was asked nothing before, of the handler as of Node', async () => {
    const expected = await askEachCold(inProcess)
    expect(await askEachCold(overHttp)).toEqual(expected)
    for (const connect of [inProcess, overHttp]) {
      const { ask } = await open(connect)
      for (const connection of ['close', 'keep-alive', 'close', 'keep-alive']) {
        expect(await askAll(ask, { connection })).toEqual(expected)
      }
    }
    const statuses = new Set(expected.map(({ status }) => status))
    expect(statuses).toEqual(new Set([200, 206, 304, 401, 404, 405, 416]))
    expect(JSON.stringify(expected)).not.toContain('evil')
  })

  test('is counted and written down by Node as by the handler', async () => {
    const [one, other] = [await open(inProcess), await open(overHttp)]
    for (const { ask } of [one, other]) {
      await askAll(ask)
      await askAll(ask)
    }
    expect(await countRequests(other.ask)).toEqual(await countRequests(one.ask))
    expect(other.log).toEqual(one.log)
  })
})

test('a kept connection is told how long it may be idle, and one that is closed is not', async () => {
  const { ask } = await open(overHttp)
  const told = async (path: string, connection: string) => {
    const { headers } = await ask(path, { headers: { authorization, connection } })
    return [headers['connection'], headers['keep-alive']]
  }
  for (const path of [tarball, tarball, `/${name}`, '/lodash']) {
    expect(await told(path, 'keep-alive')).toEqual(['keep-alive', 'timeout=65'])
    expect(await told(path, 'close')).toEqual(['close', undefined])
  }
})
