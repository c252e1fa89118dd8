/** Problems that have no messages of their own: pages of the server itself show them. */
export const silentProblems = ['links.expired', 'links.password-required'] as const
