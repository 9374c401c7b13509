// Run by npm's own Node: for each folder and environment on standard input, prints the options that
// this npm gives to its npm-registry-fetch, and the credentials that it picks for each URL.
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const { npmPath, machines, urls } = JSON.parse(readFileSync(0, 'utf8'))
const load = createRequire(path.join(npmPath, 'package.json'))
const Config = load('@npmcli/config')
const { definitions, shorthands, flatten } = load('@npmcli/config/lib/definitions')
const { getAuth } = load('npm-registry-fetch')

async function read({ cwd, env }) {
  const argv = []
  const config = new Config({
    npmPath,
    definitions,
    shorthands,
    flatten,
    env,
    argv,
    cwd,
    warn: false,
  })
  await config.load()
  const options = config.flat
  return { options, auth: Object.fromEntries(urls.map((url) => [url, getAuth(url, options)])) }
}

async function main() {
  console.log(JSON.stringify(await Promise.all(machines.map(read))))
}

void main()
