// Preloaded into a process to learn how much processor time it took, in microseconds, and how much
// memory at most.
const { writeSync } = require('node:fs')
const process = require('node:process')

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(3, `${user + system} ${process.resourceUsage().maxRSS}`)
})
