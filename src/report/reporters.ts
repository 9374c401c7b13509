import { formatGithub } from './github.ts'
import { formatGitlab } from './gitlab.ts'
import { formatJson } from './json.ts'
import { formatJunit } from './junit.ts'
import type { RenderOptions, Report } from './report.ts'
import { formatSarif } from './sarif.ts'
import { renderText } from './text.ts'

/** Turns a report into text that ends with a newline, or is empty. */
export type Reporter = (report: Report, options: RenderOptions) => string

/** The name of a format. */
export type ReporterName = 'text' | 'json' | 'sarif' | 'github' | 'junit' | 'gitlab'

/** Every format there is, by its name on the command line. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  text: renderText,
  json: formatJson,
  sarif: formatSarif,
  github: formatGithub,
  junit: formatJunit,
  gitlab: formatGitlab,
}
