/** Why a request brought no answer. */
export type OutboundFailure =
  /** Not http or https, with a user name, without a host, or with a forbidden port. */
  | 'url-refused'
  /** The address, or one the name resolves to, is in a refused network such as our own. */
  | 'address-refused'
  /** The name does not resolve. */
  | 'host-unknown'
  /** No connection, a broken connection, or a TLS failure. */
  | 'unreachable'
  | 'timed-out'
  | 'too-large'
  | 'too-many-redirects'
  /** The answer was compressed although compression was declined. */
  | 'encoding-refused'
  /** Too many requests are waiting; try later. */
  | 'busy'

/** The one error of {@link Outbound.fetch}. Its message may be shown to the user who gave the address. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'OutboundError'
    this.failure = failure
  }
}
