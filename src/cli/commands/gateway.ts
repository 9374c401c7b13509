import path from 'node:path'
import process from 'node:process'
import { JsrGuardError } from '../../errors.ts'
import type { GatewayEvent } from '../../gateway/context.ts'
import { quoteShort } from '../../specifier/jsr-name.ts'
import { serveGateway, type ServeOptions } from '../../tasks/serve.ts'
import type { Invocation } from '../commands.ts'
import { formatLine } from '../format-line.ts'
import {
  parseSettings,
  refuseArguments,
  refuseFormats,
  refuseOtherClients,
  type Settings,
} from '../settings.ts'

/** Serves JSR until a signal ends it. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context, name } = invocation
  const settings = parseSettings(options, context)
  refuseOtherClients(settings, name)
  refuseFormats(settings, name)
  const signals = catchSignals()
  try {
    const gateway = await serveGateway({
      ...readPlaces(invocation),
      cwd: settings.cwd,
      config: settings.config,
      canListYanked: options.has('list-yanked'),
      env: context.env,
      ...createLog(invocation, settings),
    })
    context.stdout.write(`${formatLine(`jsr-guard gateway listens on ${gateway.url}`)}\n`)
    await signals.caught
    await gateway.close()
    return 0
  } finally {
    signals.release()
  }
}

type Places = Pick<ServeOptions, 'host' | 'port' | 'publicUrl' | 'upstream' | 'store'>

function readPlaces({ options, context }: Invocation): Places {
  const single = (name: string): string | undefined => options.get(name)?.[0]
  const store = single('store')
  if (store !== undefined && options.has('no-store')) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', '--store and --no-store exclude each other')
  }
  return {
    ...parseAddress(single('listen') ?? '127.0.0.1:4874'),
    publicUrl: single('public-url'),
    upstream: single('upstream') ?? 'https://npm.jsr.io/',
    store: options.has('no-store')
      ? undefined
      : path.resolve(context.cwd, store ?? defaultStore(context)),
  }
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ */
function defaultStore({ env, home }: Invocation['context']): string {
  const given = env['XDG_DATA_HOME']
  // The specification has relative ones ignored.
  const data =
    given !== undefined && path.isAbsolute(given) ? given : path.join(home, '.local/share')
  return path.join(data, 'jsr-guard', 'gateway')
}

function parseAddress(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:[\]/@\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host !== undefined && port <= 65_535) return { host, port }
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `--listen takes no ${quoteShort(text)}`, {
    hint: 'write host and port, such as 127.0.0.1:4874 or [::1]:4874',
  })
}

/** One JSON object a line: what a client sent is inside of JSON texts, where it can't begin a line. */
function createLog(
  { context: { stderr } }: Invocation,
  { detail }: Settings,
): Pick<ServeOptions, 'log' | 'onAnswer'> {
  const write = (event: GatewayEvent): void => {
    if (detail === 'quiet' && event.level !== 'error') return
    stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
  }
  if (detail !== 'verbose') return { log: write }
  return {
    log: write,
    onAnswer: (answered) => write({ level: 'info', event: 'request', ...answered }),
  }
}

/** Resolves at the first signal; a second one ends the process as it would any other. */
function catchSignals(): { readonly caught: Promise<void>; readonly release: () => void } {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let onSignal = (): void => undefined
  const release = (): void => {
    for (const name of names) process.off(name, onSignal)
  }
  const caught = new Promise<void>((resolve) => {
    onSignal = () => {
      release()
      resolve()
    }
  })
  for (const name of names) process.on(name, onSignal)
  return { caught, release }
}
