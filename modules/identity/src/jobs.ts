/** Maps scheduled jobs to use cases. */

import { job } from '@octet/jobs'
import { onJob } from '@octet/kernel'
import { sendCode, sendCodeJob } from './address/send-code.ts'
import { sendResetJob } from './address/send-reset-job.ts'
import { forgetExpired } from './address/store.ts'
import { trimAudit } from './audit/trim-audit.ts'
import type { IdentityContext } from './context.ts'
import { advanceErasures } from './erasure/advance-erasures.ts'
import { advanceErasuresJob } from './erasure/rules.ts'
import { keepTombstonesJob, storeTombstones } from './erasure/store-tombstones.ts'
import { forgetExports } from './export/forget-exports.ts'
import { packExport, packExportJob } from './export/pack-export.ts'
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
  onJob(
    job('identity.forget-ended'),
    async ({ db }: IdentityContext) => {
      await forgetEnded(db, endedDays)
      await forgetApiKeys(db, endedDays)
      await forgetExpired(db)
      await forgetFlows(db)
    },
    { when: { everyMs: hourMs }, timeoutMs: 60_000, attemptsMax: 1 },
  ),
  onJob(
    job('identity.rotate-keys'),
    async ({ db, secrets, log, signingKeys }: IdentityContext) => {
      const { made, retired } = await rotateKeys(db, secrets)
      if (made || retired > 0) log.info({ made, retired }, 'signing keys were rotated')
      await signingKeys.reload()
    },
    { when: { everyMs: hourMs }, timeoutMs: 60_000, attemptsMax: 1 },
  ),
  onJob(advanceErasuresJob, advanceErasures, { when: { everyMs: minuteMs }, timeoutMs: 60_000 }),
  onJob(keepTombstonesJob, storeTombstones, { when: { everyMs: hourMs }, timeoutMs: 10 * minuteMs }),
  onJob(packExportJob, packExport, { attemptsMax: 10, timeoutMs: 30 * minuteMs }),
  onJob(job('identity.forget-exports'), forgetExports, { when: { everyMs: hourMs }, timeoutMs: 10 * minuteMs }),
  onJob(sendCodeJob, sendCode, { timeoutMs: mailTimeoutMs }),
  onJob(sendResetJob, sendReset, { timeoutMs: mailTimeoutMs }),
  onJob(job('identity.forget-attempts'), ({ db }: IdentityContext) => forgetAttempts(db), {
    when: { everyMs: minuteMs },
    timeoutMs: 30_000,
    attemptsMax: 1,
  }),
  onJob(job('identity.trim-audit'), trimAudit, { when: { everyMs: hourMs }, timeoutMs: 60_000, attemptsMax: 1 }),
]
