/** Timed work → use cases. */

import { forgetExpired } from './address-store.ts'
import { advanceErasures } from './advance-erasures.ts'
import { forgetApiKeys } from './api-key-store.ts'
import { forgetAttempts } from './attempt-store.ts'
import type { IdentityContext } from './context.ts'
import { advanceErasuresJob } from './erasure-rules.ts'
import { forgetExports } from './forget-exports.ts'
import { keepTombstones } from './keep-tombstones.ts'
import { forgetFlows } from './openid-store.ts'
import { packExport } from './pack-export.ts'
import { sendCode } from './send-code.ts'
import { sendReset } from './send-reset.ts'
import { forgetEnded } from './session-store.ts'
import { rotateKeys } from './signing-keys.ts'
import { trimAudit } from './trim-audit.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Ended sessions are kept this long so that "why was I signed out" has an answer. */
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
  { name: 'identity.keep-tombstones', when: { everyMs: hourMs }, timeoutMs: 10 * minuteMs, run: keepTombstones },
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
