import { publicNpmRegistry } from '../url/public-registry.ts'

/** The page of the package, which shows the README; it is on the website of the public registry. */
const page = `https://${new URL(publicNpmRegistry).hostname.replace(/^registry\./, 'www.')}/package/jsr-guard`

/** Where people find out about jsr-guard. */
export const homepage: string = page

/** Where people find out about a rule. */
export function formatRuleUrl(id: string): string {
  return `${page}?rule=${id}#rules`
}
