// Asks one path over kept connections, each as soon as it has been answered, and prints what came of
// it. Reads answers with as little work as can be: it shares the machine with what it measures.
//
//   node test/bench/load.mjs URL REQUESTS CONNECTIONS
import net from 'node:net'
import { performance } from 'node:perf_hooks'
import process from 'node:process'

const [address, requests, connections] = process.argv.slice(2)
const { hostname, port, pathname } = new URL(address)
const accept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*'
const request = Buffer.from(
  `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: ${accept}\r\nUser-Agent: npm/11\r\n\r\n`,
)
const headEnd = Buffer.from('\r\n\r\n')
const chunkedEnd = Buffer.from('0\r\n\r\n')
const memory = Buffer.alloc(64 * 1024)
const latencies = new Float64Array(Number(requests))
let sent = 0
let done = 0
let bytes = 0

const startedAt = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, run))
const seconds = (performance.now() - startedAt) / 1000
latencies.sort()
const at = (share) => latencies[Math.floor((latencies.length - 1) * share)]
process.stdout.write(
  JSON.stringify({
    perSecond: done / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    bytes: bytes / done,
  }),
)

async function run() {
  await new Promise((resolve, reject) => {
    let since = 0
    let reader = createReader()
    const next = () => {
      if (sent === latencies.length) return socket.end(resolve)
      sent += 1
      since = performance.now()
      socket.write(request)
    }
    const read = (data) => {
      bytes += data.length
      const state = reader(data)
      if (state === 'more') return
      if (state !== 'whole') return socket.destroy(new Error(state))
      latencies[done] = performance.now() - since
      done += 1
      reader = createReader()
      next()
    }
    // Into the same memory each time: as a stream of new buffers, reading took as much of the machine
    // as a server's answer did.
    const onread = { buffer: memory, callback: (size) => read(memory.subarray(0, size)) }
    const socket = net.connect({ port: Number(port), host: hostname, noDelay: true, onread })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('connect', next)
  })
}

/** Reads one answer: `more`, `whole`, or the head of one that is no success. */
function createReader() {
  let left
  let held
  return (data) => {
    if (left !== undefined) {
      left -= data.length
      return isWhole(left, data) ? 'whole' : 'more'
    }
    const whole = held === undefined ? data : Buffer.concat([held, data])
    const end = whole.indexOf(headEnd)
    if (end === -1) {
      held = Buffer.from(whole)
      return 'more'
    }
    const head = whole.latin1Slice(0, end)
    if (!head.startsWith('HTTP/1.1 200')) return head
    const length = /content-length: (\d+)/i.exec(head)?.[1]
    // A chunked answer has no length; its end shows.
    left = Number(length) - (whole.length - end - headEnd.length)
    return isWhole(left, whole) ? 'whole' : 'more'
  }
}

function isWhole(left, data) {
  return left === 0 || (Number.isNaN(left) && data.subarray(-chunkedEnd.length).equals(chunkedEnd))
}
