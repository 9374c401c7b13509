declare module '@npmcli/map-workspaces' {
  /** Resolves to the folders of the workspaces, by the names of their packages. */
  export default function mapWorkspaces(options: {
    readonly cwd: string
    readonly pkg: object
  }): Promise<ReadonlyMap<string, string>>
}
