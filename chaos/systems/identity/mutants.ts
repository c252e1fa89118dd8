/** The identity module broken on purpose. */
import type { Mutant } from '../../mutants/mutant.ts'

export const identityMutants = {
  /** Accepts a token until it expires. */
  'revocations-unheard': {
    file: 'modules/identity/src/trust/principals.ts',
    find: 'known.expiresAtMs > revocations.nowMs() && !revocations.isRevoked(known)',
    replace: 'known.expiresAtMs > revocations.nowMs()',
    red: { oracle: 'O7', says: /accepted the session of \w+ \d{4,} ms after its end/, under: 'cut-outbox' },
  },
  /** Writes passwords to the log. */
  'secrets-logged': {
    file: 'modules/identity/src/sign-in/create-account.ts',
    find: 'checkPassword(input)',
    replace: "checkPassword(input)\n  ctx.log.info({ note: input.password }, 'registering')",
    red: { oracle: 'O13', says: /a log contains the secret canary/, under: 'cut-outbox' },
  },
} as const satisfies Record<string, Mutant>
