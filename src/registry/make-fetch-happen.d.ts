declare module 'make-fetch-happen' {
  export interface FetchResponse {
    readonly status: number
    readonly ok: boolean
    readonly headers: {
      get(name: string): string | null
      forEach(visit: (value: string, name: string) => void): void
    }
    readonly body: AsyncIterable<Buffer> &
      NodeJS.ReadableStream & {
        /** Whether it has been read to its end. */
        readonly emittedEnd: boolean
      }
  }
  interface FetchOptions {
    readonly [option: string]: unknown
    readonly redirect: 'manual'
    readonly signal: AbortSignal
  }
  export default function fetch(url: string, options: FetchOptions): Promise<FetchResponse>
}
