import type { PolicySetting } from '../config/policy-setting.ts'
import { ruleLevels } from '../finding.ts'
import { redactUrl } from '../url/redact.ts'
import { inspectProject, type CheckedProject, type CheckProjectOptions } from './check.ts'

/** What is in force in a project. */
export interface PolicyInForce {
  /** The project's own policy; `undefined` where it has none. */
  readonly policy: string | undefined
  readonly values: readonly ValueInForce[]
}

/** One value, and what decides it. */
interface ValueInForce {
  /** The keys of the policy that lead to it, joined by dots; once for each item of a list. */
  readonly key: string
  readonly value: string
  /** As `jsr-guard.json:3`, `--registry` or `default`. */
  readonly from: string
}

/**
 * What a check of a project goes by, and where each value comes from: the command line, the policy
 * or one that it extends, the client's configuration, or the default.
 *
 * @throws JsrGuardError what {@link inspectProject} throws.
 */
export async function loadPolicyInForce(options: CheckProjectOptions): Promise<PolicyInForce> {
  const checked = await inspectProject(options)
  const { settings, file } = checked.policy
  return {
    policy: file,
    values: [
      describeRegistry(checked, options),
      ...settings.filter(isPlain).map(describeSetting),
      ...describeLevels(checked, options),
    ],
  }
}

function describeSetting({ key, value, file, line }: PolicySetting): ValueInForce {
  return { key, value, from: `${file}:${line}` }
}

function describeRegistry(
  { context, policy }: CheckedProject,
  options: CheckProjectOptions,
): ValueInForce {
  const { registry, clients } = context
  const value = registry === undefined ? 'none' : redactUrl(registry)
  const set = policy.settings.find(({ key }) => key === 'registry')
  if (options.registry !== undefined) return { key: 'registry', value, from: '--registry' }
  if (set !== undefined) return { ...describeSetting(set), value }
  const routes = clients.flatMap(({ route, routeOf }) => [route, routeOf('name')])
  const route = routes.find(({ url }) => url !== undefined && url.href === registry?.href)
  return { key: 'registry', value, from: route?.from ?? 'default' }
}

/** The registry and the levels are described with what may stand over the policy. */
function isPlain({ key }: PolicySetting): boolean {
  return key !== 'registry' && !key.startsWith('rules.')
}

function describeLevels(
  { policy }: CheckedProject,
  { levels = {} }: CheckProjectOptions,
): ValueInForce[] {
  const set = new Map(policy.settings.map((setting) => [setting.key, setting]))
  const given = new Map<string, string>(Object.entries(levels))
  return Object.entries(ruleLevels).map(([id, level]) => {
    const key = `rules.${id}`
    const asked = given.get(id)
    if (asked !== undefined) return { key, value: asked, from: '--severity' }
    const setting = set.get(key)
    return setting === undefined ? { key, value: level, from: 'default' } : describeSetting(setting)
  })
}
