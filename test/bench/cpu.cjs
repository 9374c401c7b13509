// Preloaded into a process to learn how much processor time it took, in microseconds.
const { writeSync } = require('node:fs')
const process = require('node:process')

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(3, String(user + system))
})
