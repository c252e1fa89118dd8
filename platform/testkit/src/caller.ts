/** The caller of a request in a test, and the answer. */

export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: unknown
}

export interface Caller {
  /** Bearer token: real ones from identity, or one of `TestApp.as`. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}
