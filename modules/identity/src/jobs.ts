/** Maps scheduled jobs to use cases. */

import { sendCode } from './address/send-code.ts'
import { forgetExpired } from './address/store.ts'
import { trimAudit } from './audit/trim-audit.ts'
import type { IdentityContext } from './context.ts'
import { advanceErasures } from './erasure/advance-erasures.ts'
import { advanceErasuresJob } from './erasure/rules.ts'
import { storeTombstones } from './erasure/store-tombstones.ts'
import { forgetExports } from './export/forget-exports.ts'
import { packExport } from './export/pack-export.ts'
import { forgetApiKeys } from './keys/store.ts'
import { forgetAttempts } from './passwords/attempt-store.ts'
import { sendReset } from './passwords/send-reset.ts'
import { forgetFlows } from './providers/store.ts'
import { rotateKeys } from './sessions/signing-keys.ts'
import { forgetEnded } from './sessions/store.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Ended sessions are kept this long, so support can explain why a session ended. */
const endedDays = 30
const mailTimeoutMs = 10_000

export const jobs = [
  {
    name: 'identity.forget-ended',
    when: { everyMs: hourMs },
    timeoutMs: 60_000,
    attemptsMax: 1,
    run: async ({ db }: IdentityContext) => {
      await forgetEnded(db, endedDays)
      await forgetApiKeys(db, endedDays)
      await forgetExpired(db)
      await forgetFlows(db)
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
  { name: advanceErasuresJob, when: { everyMs: minuteMs }, timeoutMs: 60_000, run: advanceErasures },
  { name: 'identity.keep-tombstones', when: { everyMs: hourMs }, timeoutMs: 10 * minuteMs, run: storeTombstones },
  { name: 'identity.pack-export', attemptsMax: 10, timeoutMs: 30 * minuteMs, run: packExport },
  { name: 'identity.forget-exports', when: { everyMs: hourMs }, timeoutMs: 10 * minuteMs, run: forgetExports },
  { name: 'identity.send-code', timeoutMs: mailTimeoutMs, run: sendCode },
  { name: 'identity.send-reset', timeoutMs: mailTimeoutMs, run: sendReset },
  {
    name: 'identity.forget-attempts',
    when: { everyMs: minuteMs },
    timeoutMs: 30_000,
    attemptsMax: 1,
    run: ({ db }: IdentityContext) => forgetAttempts(db),
  },
  { name: 'identity.trim-audit', when: { everyMs: hourMs }, timeoutMs: 60_000, attemptsMax: 1, run: trimAudit },
]
