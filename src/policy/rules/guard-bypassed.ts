import type { HookBypass } from '../../config/pnpm-hook.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/** Only where the project's hook is jsr-guard's: other hooks are none of our business. */
export const guardBypassed: Rule = {
  id: 'guard-bypassed',
  summary: 'No setting switches the pnpm hook off or shadows it.',
  explanation: `pnpm runs the hook in .pnpmfile.cjs only if nothing keeps it from that: ignorePnpmfile, a list of pnpmfiles without it, another lockfileDir, or a .pnpmfile.mjs, which pnpm 11 and later take first, each leave the project without the guard, silently. pnpm 11.28 and 12.7 and later don't fail even where the lockfile records the hook.

Take the setting out, or name .pnpmfile.cjs in the list. What is given on the command line, as --ignore-pnpmfile, can't be seen from here: look for it in the scripts and in CI.`,

  *check({ pnpmHook, manifests }: JudgedContext) {
    if (pnpmHook === undefined) return
    for (const { type, from, file, line } of pnpmHook.bypasses) {
      yield {
        message: `pnpm passes over ${pnpmHook.file}: ${reasons[type]} (${from})`,
        hint: hints[type],
        file: file ?? manifests[0]?.file ?? pnpmHook.file,
        line,
      }
    }
  },
}

const reasons: Readonly<Record<HookBypass['type'], string>> = {
  ignored: 'hooks are switched off',
  shadowed: 'a .pnpmfile.mjs is taken instead',
  moved: 'it looks for hooks in lockfileDir',
  replaced: 'other hooks are named',
}

const hints: Readonly<Record<HookBypass['type'], string>> = {
  ignored: 'take ignorePnpmfile out',
  shadowed: 'let .pnpmfile.mjs export what .pnpmfile.cjs does, or remove it',
  moved: 'take lockfileDir out, or run jsr-guard install',
  replaced: 'add .pnpmfile.cjs to pnpmfile',
}
