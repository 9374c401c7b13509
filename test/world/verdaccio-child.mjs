/** Runs Verdaccio in a process of its own: takes its configuration by message, says its port. */
import { once } from 'node:events'
import process from 'node:process'
import { runServer } from 'verdaccio'

// The world that started it is gone.
process.once('disconnect', () => process.exit())

const [configuration] = await once(process, 'message')
const server = await runServer(configuration)
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
