/** Problems that have no messages of their own: the client recovers from them by itself. */
export const silentProblems = [
  'chat.cmid-reused',
  'chat.upload-offset',
  'chat.not-encrypted',
  'chat.commit-refused',
  'chat.epoch-moved',
] as const
