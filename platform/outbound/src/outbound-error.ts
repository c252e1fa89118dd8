/** Why a request did not bring an answer. */
export type OutboundFailure =
  /** Not http or https, a user name in it, no host, or a port that may not be called. */
  | 'url-refused'
  /** The name leads, or the address is, where this server must not call: its own network. */
  | 'address-refused'
  /** The name leads nowhere. */
  | 'host-unknown'
  /** No connection, or it broke, or TLS did not hold. */
  | 'unreachable'
  | 'timed-out'
  | 'too-large'
  | 'too-many-redirects'
  /** The answer came compressed although that was declined. */
  | 'encoding-refused'
  /** Too many requests wait already; try later. */
  | 'busy'

/** The one error of {@link Outbound.fetch}. Its message is fit to show to whoever gave the address. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'OutboundError'
    this.failure = failure
  }
}
