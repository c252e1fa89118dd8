/** Problems without words of their own: pages of the server itself show them. */
export const silentProblems = ['links.expired', 'links.password-required'] as const
