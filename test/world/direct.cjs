/**
 * A preload (`NODE_OPTIONS=--require`) for Node clients in the closed world: connections that don't
 * go through the proxy end up in the world as well, instead of on the network, and are logged with
 * `via: 'direct'`. It stands in for a hosts file, which a test could not change.
 *
 * CLOSED_WORLD_PORTS holds the loopback port of each host; `*` is for every other host.
 */
'use strict'

const dns = require('node:dns')
const { syncBuiltinESMExports } = require('node:module')
const net = require('node:net')

const ports = JSON.parse(process.env.CLOSED_WORLD_PORTS || '{}')

const connect = Reflect.get(net.Socket.prototype, 'connect')
const normalize = Reflect.get(net, '_normalizeArgs')
net.Socket.prototype.connect = function connectInWorld(...args) {
  // Node's own net.connect passes arguments that it has normalised: [[options, callback]].
  const [first, callback] = Array.isArray(args[0]) ? args[0] : normalize(args)
  const options = lead(first)
  if (options === first) return connect.apply(this, args)
  return callback ? connect.call(this, options, callback) : connect.call(this, options)
}

function lead(options) {
  const host = String(options.host || 'localhost')
    .toLowerCase()
    .replace(/\.$/, '')
  if (options.path || isLoopback(host)) return options
  const port = ports[host] || ports['*']
  return { ...options, host: '127.0.0.1', port, lookup: undefined, family: 4 }
}

function isLoopback(host) {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

// Names are not looked up at all: each gets an address that only the above can connect to.
const { lookup } = dns
dns.lookup = function lookupInWorld(hostname, options, callback) {
  if (net.isIP(hostname) || isLoopback(hostname)) return lookup.apply(dns, arguments)
  const answer = typeof options === 'function' ? options : callback
  const address = stand(hostname)
  const isAll = typeof options === 'object' && options !== null && options.all
  process.nextTick(() =>
    isAll ? answer(null, [{ address, family: 4 }]) : answer(null, address, 4),
  )
}

const { lookup: lookupPromise } = dns.promises
dns.promises.lookup = async function lookupInWorld(hostname, options) {
  if (net.isIP(hostname) || isLoopback(hostname))
    return lookupPromise.call(dns.promises, hostname, options)
  const found = { address: stand(hostname), family: 4 }
  return options && options.all ? [found] : found
}

syncBuiltinESMExports()

/** An address from the block for documentation (RFC 5737), one per name. */
function stand(hostname) {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  const known = Object.keys(ports).find(
    (key) => key.startsWith('192.0.2.') && ports[key] === ports[name],
  )
  if (known) return known
  const address = `192.0.2.${1 + Object.keys(ports).filter((key) => key.startsWith('192.0.2.')).length}`
  ports[address] = ports[name] || ports['*']
  return address
}
