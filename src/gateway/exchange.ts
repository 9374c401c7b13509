/** One request, as far as the gateway looks at it. */
export interface GatewayRequest {
  readonly method: string
  /** Path and query as sent, still encoded. Nothing that comes from a `Host` header is in it. */
  readonly target: string
  /** The value of a header by its name in lower case; several of one name joined with a comma. */
  readonly header: (name: string) => string | undefined
}

/** One answer, before it is put into the form of a runtime. */
export interface GatewayAnswer {
  readonly status: number
  /** Names in lower case; shared between answers, so never changed. */
  readonly headers: Readonly<Record<string, string>>
  /** To be left out for `HEAD`, whose headers are those of the `GET`. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined
  /** Whether the same object will answer again, so that a runtime may keep its own form of it. */
  readonly isLasting?: boolean
}

/** What kind of thing was asked for, for metrics and logs. */
export type RequestKind = 'packument' | 'tarball' | 'service' | 'refused'

const encoder = new TextEncoder()

/** Sent with every answer: nothing the gateway serves is ever to be sniffed for a type. */
export const commonHeaders = { 'x-content-type-options': 'nosniff' } as const

/** An answer in JSON that nobody may keep. */
export function createJsonAnswer(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): GatewayAnswer {
  return createTextAnswer(status, JSON.stringify(value), {
    'content-type': 'application/json',
    ...headers,
  })
}

/** An answer in text; `cache-control: no-store` unless the headers say otherwise. */
export function createTextAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): GatewayAnswer {
  const body = encoder.encode(text)
  return {
    status,
    headers: {
      ...commonHeaders,
      'cache-control': 'no-store',
      'content-length': String(body.length),
      ...headers,
    },
    body,
  }
}

/** What npm clients show of a failure is the field `error`. */
export function createErrorAnswer(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayAnswer {
  return createJsonAnswer(status, { error }, headers)
}
