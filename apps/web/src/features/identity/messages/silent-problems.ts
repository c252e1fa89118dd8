/** Problems that have no messages of their own. */
export const silentProblems = [
  // The sign-in page answers it by asking for the second factor.
  'identity.second-factor-required',
  // These two are for clients that hold tokens.
  'identity.session-replayed',
  'identity.other-session-kind',
] as const
