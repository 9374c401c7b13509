declare module 'npm-registry-fetch' {
  interface RegistryAuth {
    readonly token?: string | null
    readonly auth?: string | null
    readonly cert?: string | null
    readonly key?: string | null
  }
  const registryFetch: {
    getAuth(uri: string, options: Readonly<Record<string, unknown>>): RegistryAuth
  }
  export default registryFetch
}
