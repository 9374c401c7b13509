import { formatJson } from './json.ts'
import type { RenderOptions, Report } from './report.ts'
import { renderText } from './text.ts'

/** Turns a report into text that ends with a newline, or is empty. */
export type Reporter = (report: Report, options: RenderOptions) => string

/** The name of a format that this version can print. */
export type ReporterName = 'text' | 'json'

/** Every format there is, by its name on the command line. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  text: renderText,
  json: formatJson,
}
