import type { Policy } from './policy-file.ts'

/** The policy that leaves everything as it is by default. */
export const emptyPolicy: Policy = {
  extends: [],
  registry: undefined,
  scopes: new Map(),
  tarballs: [],
  packages: { allow: undefined, deny: [] },
  minimumAgeDays: undefined,
  levels: {},
  ignores: [],
  settings: [],
}
