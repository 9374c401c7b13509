import { isRecord } from '../json/record.ts'

/** A value as JSON in which the order of keys makes no difference, to be compared. */
export function formatCanonically(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) && !hasOwnForm(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** What is no plain object: the fields of a date say nothing. */
function hasOwnForm(value: Readonly<Record<string, unknown>>): boolean {
  return typeof value['toJSON'] === 'function'
}
