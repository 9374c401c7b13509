declare module '@npmcli/config/lib/definitions/index.js' {
  const grammar: {
    readonly definitions: Readonly<Record<string, { readonly type: unknown }>>
    readonly shorthands: Readonly<Record<string, readonly string[]>>
  }
  export default grammar
}

declare module '@npmcli/config/lib/type-defs.js' {
  const typeDefs: Readonly<
    Record<
      string,
      {
        readonly type?: unknown
        readonly validate?: (data: Record<string, unknown>, key: string, value: unknown) => unknown
      }
    >
  >
  export default typeDefs
}
