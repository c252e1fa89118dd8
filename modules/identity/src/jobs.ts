/** Timed work → use cases. */
import { forgetApiKeys } from './api-key-store.ts'
import type { IdentityContext } from './context.ts'
import { forgetEnded } from './session-store.ts'
import { rotateKeys } from './signing-keys.ts'
import { trimAudit } from './trim-audit.ts'

const hourMs = 60 * 60_000
/** Ended sessions are kept this long so that "why was I signed out" has an answer. */
const endedDays = 30

export const jobs = [
  {
    name: 'identity.forget-ended',
    when: { everyMs: hourMs },
    timeoutMs: 60_000,
    attemptsMax: 1,
    run: async ({ db }: IdentityContext) => {
      await forgetEnded(db, endedDays)
      await forgetApiKeys(db, endedDays)
    },
  },
  {
    name: 'identity.rotate-keys',
    when: { everyMs: hourMs },
    timeoutMs: 60_000,
    attemptsMax: 1,
    run: async ({ db, secrets, log, signingKeys }: IdentityContext) => {
      const { made, retired } = await rotateKeys(db, secrets)
      if (made || retired > 0) log.info({ made, retired }, 'signing keys were rotated')
      await signingKeys.reload()
    },
  },
  { name: 'identity.trim-audit', when: { everyMs: hourMs }, timeoutMs: 60_000, attemptsMax: 1, run: trimAudit },
]
