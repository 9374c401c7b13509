import { ruleLevels, type Finding, type RuleId } from '../finding.ts'
import { formatRuleUrl, homepage } from './documentation.ts'
import { escapeJson } from './escape.ts'
import { escapeSarifMessage } from './escape-markup.ts'
import { createFingerprints } from './fingerprint.ts'
import { listFailedProjects, type RenderOptions, type Report } from './report.ts'

/**
 * The report as SARIF 2.1.0: one result for each finding, every rule described. What the policy
 * ignores is no result, since GitHub would show it as open; it is in the properties of the run.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function formatSarif(
  report: Report,
  { explain, digest }: Pick<RenderOptions, 'explain' | 'digest'>,
): string {
  const prints = createFingerprints(report.findings, digest)
  const run = {
    tool: { driver: createDriver(report, explain) },
    invocations: [createInvocation(report)],
    originalUriBaseIds: {
      [projectBase]: { uri: toFileUri(report.root) },
      [homeBase]: { description: { text: 'The home of the user who ran jsr-guard.' } },
    },
    columnKind: 'utf16CodeUnits',
    results: report.findings.map((finding, index) => createResult(finding, prints[index] ?? '')),
    properties: { ignored: report.ignored, summary: report.summary },
  }
  const log = { $schema: schema, version: '2.1.0', runs: [run] }
  return `${escapeJson(JSON.stringify(log, undefined, 2))}\n`
}

const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
const projectBase = '%SRCROOT%'
const homeBase = 'HOME'

const ids = Object.keys(ruleLevels).filter((id): id is RuleId => Object.hasOwn(ruleLevels, id))

function createDriver({ version }: Report, explain: RenderOptions['explain']): object {
  return {
    name: 'jsr-guard',
    version,
    semanticVersion: version,
    informationUri: homepage,
    rules: ids.map((id) => createRule(id, explain)),
  }
}

function createRule(id: RuleId, explain: RenderOptions['explain']): object {
  const { summary, explanation } = explain(id)
  return {
    id,
    name: id.replace(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
    shortDescription: { text: summary },
    fullDescription: { text: explanation.split('\n\n')[0] ?? summary },
    help: { text: `${summary}\n\n${explanation}` },
    helpUri: formatRuleUrl(id),
    defaultConfiguration: { level: ruleLevels[id] },
    properties: {
      tags: ['security', 'supply-chain'],
      precision: 'very-high',
      // What GitHub sorts alerts by: 7 and more is high, 4 and more is medium.
      'security-severity': ruleLevels[id] === 'error' ? '8.0' : '4.0',
    },
  }
}

function createInvocation(report: Report): object {
  const failures = listFailedProjects(report)
  return {
    executionSuccessful: failures.length === 0,
    toolExecutionNotifications: [
      ...failures.map(({ path, error }) => ({
        level: 'error',
        message: { text: escapeSarifMessage(`${path}: ${error.code}: ${error.message}`) },
      })),
      ...report.skipped.map(({ rule, reason }) => ({
        level: 'note',
        message: { text: escapeSarifMessage(`not judged: ${rule}: ${reason}`) },
        associatedRule: { id: rule, index: ids.indexOf(rule) },
      })),
    ],
  }
}

function createResult(finding: Finding, fingerprint: string): object {
  const { rule, severity, message, hint, line, excerpt, package: name, version, why } = finding
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`
  const snippet = excerpt === undefined ? {} : { snippet: { text: excerpt } }
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: severity,
    message: { text: text.split('\n').map(escapeSarifMessage).join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: createLocation(finding.file),
          ...(line !== undefined && { region: { startLine: line, ...snippet } }),
        },
      },
    ],
    partialFingerprints: { 'jsrGuardFinding/v1': fingerprint },
    properties: { package: name, version, why },
  }
}

/** Files of the project by their path in it, those of the user's home likewise, others by their address. */
function createLocation(file: string): object {
  if (file.startsWith('~/')) return { uri: encodePath(file.slice(2)), uriBaseId: homeBase }
  if (isAbsolute(file)) return { uri: toFileUri(file).replace(/\/$/, '') }
  return { uri: encodePath(file), uriBaseId: projectBase }
}

function isAbsolute(file: string): boolean {
  return file.startsWith('/') || /^[a-z]:[\\/]/i.test(file)
}

function encodePath(path: string): string {
  return path.split(/[\\/]/).map(encodePart).join('/')
}

/** A lone surrogate, which no path has on most systems, is no text that can be encoded. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD'))
}

/** Of a folder: base addresses end with a slash. */
function toFileUri(path: string): string {
  const encoded = encodePath(path).replace(/^([a-z])%3A/i, '/$1:')
  return `file://${encoded}${encoded.endsWith('/') ? '' : '/'}`
}
