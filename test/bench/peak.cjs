// Preloaded into a process to learn how much memory it took at most.
const { writeSync } = require('node:fs')
const process = require('node:process')

process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))
