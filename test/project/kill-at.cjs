/**
 * Preloaded into a driver: kills the process just before its n-th call to the file system, as if
 * the power of the process had gone between two system calls. Counting begins when the driver says
 * so; without KILL_AT only the calls are counted.
 */
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const killAt = Number(process.env['KILL_AT'])
const counter = { calls: 0, isArmed: false }
globalThis.killAt = counter

for (const [name, original] of Object.entries(fs.promises)) {
  if (typeof original === 'function') fs.promises[name] = counted(original)
}
const { open } = fs.promises
fs.promises.open = async (...args) => watchMethods(await open(...args))
syncBuiltinESMExports()

function counted(original) {
  return function count(...args) {
    if (counter.isArmed) {
      counter.calls += 1
      if (counter.calls === killAt) process.kill(process.pid, 'SIGKILL')
    }
    return original.apply(this, args)
  }
}

function watchMethods(file) {
  for (const name of ['writeFile', 'readFile', 'stat', 'chmod', 'chown', 'sync', 'close']) {
    file[name] = counted(file[name])
  }
  return file
}
