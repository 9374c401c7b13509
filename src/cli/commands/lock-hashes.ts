import { hashLedgerFile } from '../../config/hash-ledger.ts'
import { lockHashes, type LockHashesOutcome } from '../../tasks/lock-hashes.ts'
import type { Invocation } from '../commands.ts'
import { verdictExitCode } from '../exit-code.ts'
import { formatLine } from '../format-line.ts'
import { createProgressLine } from '../progress.ts'
import { parseSettings, refuseArguments } from '../settings.ts'
import { writeReport } from '../write-report.ts'

/** Writes the ledger of hashes, and prints the report of what it was written from. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels } = settings
  const { env, home, stderr } = context
  const progress = createProgressLine(stderr, 'fetching @jsr packages')
  try {
    const outcome = await lockHashes({
      cwd,
      registry,
      client,
      config,
      levels,
      env,
      home,
      acceptsRevisions: options.has('accept-revisions'),
      onProgress: ({ done, packages }) => progress.update(done, packages),
    })
    progress.clear()
    await writeReport(outcome.report, { settings, context })
    if (settings.detail !== 'quiet') {
      for (const line of describeOutcome(outcome)) stderr.write(`jsr-guard: ${formatLine(line)}\n`)
    }
    return verdictExitCode(outcome.report, outcome.unanswered)
  } finally {
    progress.clear()
  }
}

function describeOutcome({ added, entries, isCreated }: LockHashesOutcome): string[] {
  const counts = `${hashLedgerFile}: ${added.length} added, ${entries - added.length} kept`
  const merge = `to let git merge it line by line: echo '${hashLedgerFile} merge=union' >> .gitattributes`
  return isCreated ? [counts, merge] : [counts]
}
