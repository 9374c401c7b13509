declare module 'nopt' {
  interface TypeDefinition {
    readonly type?: unknown
    readonly validate?: (data: Record<string, unknown>, key: string, value: unknown) => unknown
  }
  interface NoptOptions {
    readonly types: Readonly<Record<string, unknown>>
    readonly shorthands: Readonly<Record<string, readonly string[]>>
    readonly typeDefs: Readonly<Record<string, TypeDefinition>>
    readonly invalidHandler: (key: string, value: unknown) => void
    readonly unknownHandler: (key: string) => void
    readonly abbrevHandler: (short: string, long: string) => void
  }
  const nopt: {
    readonly lib: {
      nopt(
        args: string[],
        options: NoptOptions,
      ): Record<string, unknown> & { readonly argv: { readonly remain: readonly string[] } }
    }
  }
  export default nopt
}
