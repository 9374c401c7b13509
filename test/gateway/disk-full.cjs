/**
 * A preload: while the file that JSR_GUARD_TEST_DISK_FULL names is there, the disk is full. Writes
 * put down what would still have fitted, and then fail as the system's do.
 */
'use strict'

const { existsSync } = require('node:fs')
const promises = require('node:fs/promises')
const { syncBuiltinESMExports } = require('node:module')

const flag = process.env.JSR_GUARD_TEST_DISK_FULL
const { open } = promises

promises.open = async function openOnFullDisk(...args) {
  const handle = await open.apply(promises, args)
  const writeFile = handle.writeFile.bind(handle)
  handle.writeFile = async (data) => {
    if (!existsSync(flag)) return await writeFile(data)
    await writeFile(data.subarray(0, Math.floor(data.length / 2)))
    const error = new Error('ENOSPC: no space left on device, write')
    throw Object.assign(error, { code: 'ENOSPC', errno: -28, syscall: 'write' })
  }
  return handle
}
syncBuiltinESMExports()
