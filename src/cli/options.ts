/** One option of the command line. The tables of these parse the arguments and print the help. */
export interface Option {
  /** Without the dashes. */
  readonly name: string
  /** One letter. */
  readonly short?: string
  /** What the help calls the value, such as `URL`; an option without one is a switch. */
  readonly value?: string
  readonly isRepeatable?: boolean
  readonly summary: string
}

/** The options that every command has. */
export const generalOptions: readonly Option[] = [
  { name: 'cwd', value: 'DIR', summary: 'the project; default the current folder' },
  { name: 'registry', value: 'URL', summary: 'the private registry, over the policy' },
  { name: 'client', value: 'NAME', summary: 'one client instead of those detected' },
  {
    name: 'config',
    value: 'FILE',
    summary: 'the policy; default jsr-guard.json, else the jsr-guard key of package.json',
  },
  {
    name: 'format',
    value: 'NAME[=FILE]',
    isRepeatable: true,
    summary: 'text (default), json, sarif, github, junit or gitlab, to standard output or a file',
  },
  {
    name: 'severity',
    value: 'RULE=LEVEL',
    isRepeatable: true,
    summary: 'error, warning or off for a rule, over the policy',
  },
  { name: 'quiet', summary: 'print errors only' },
  { name: 'verbose', summary: 'print every finding' },
  { name: 'no-color', summary: 'no colours; NO_COLOR and FORCE_COLOR are honoured' },
  { name: 'help', short: 'h', summary: 'print help, also of a command' },
  { name: 'version', short: 'v', summary: 'print the version' },
]

/** The values that were given for options, by name; a switch has one empty value. */
export type OptionValues = ReadonlyMap<string, readonly string[]>
