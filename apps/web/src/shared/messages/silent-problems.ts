/** Problems shown in the server's own words, if ever: they answer programs, not people. */
export const silentProblems = [
  'method-not-allowed',
  'unsupported-media-type',
  'idempotency-in-flight',
  'idempotency-key-reused',
] as const
