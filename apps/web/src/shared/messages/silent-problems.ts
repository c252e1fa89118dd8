/** Problems that have no messages of their own, because only programs receive them; the server's text is enough. */
export const silentProblems = [
  'method-not-allowed',
  'unsupported-media-type',
  'idempotency-in-flight',
  'idempotency-key-reused',
] as const
