// The least that a server of packages must do on Node: send bytes from memory, by the path.
//
//   node test/bench/bare-server.mjs FOLDER     files `packument` and `tarball` in it
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import process from 'node:process'

const folder = process.argv[2]
const packument = readFileSync(join(folder, 'packument'))
const tarball = readFileSync(join(folder, 'tarball'))

const server = http.createServer(({ url }, response) => {
  const body = url.endsWith('.tgz') ? tarball : packument
  const type = body === tarball ? 'application/octet-stream' : 'application/json'
  response.writeHead(200, { 'content-type': type, 'content-length': body.length })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
