import * as fc from 'fast-check'
import type { JsrName } from '../../src/specifier/jsr-name.ts'

/** Names as JSR takes them. */
export const jsrName: fc.Arbitrary<JsrName> = fc.record({
  scope: fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,18}$/),
  name: fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,56}$/),
})

/** Ranges and tags as people write them. */
export const range: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('*', '^1', '~1.2', '1.2.3', '>=1 <2 || 3', 'latest', '1.x', '1.0.0-beta.1+5'),
  fc.stringMatching(/^[\w.+\-^~<>=|*,](?:[\w.+\-^~<>=|*, ]{0,40}[\w.+\-^~<>=|*,])?$/),
)

/** The name that something is imported by: any, but often one that is a JSR name. */
export const alias: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('cases', '@luca/cases', '@Luca/cases', '@jsr/luca__cases', '', '__proto__'),
  fc.string(),
)
