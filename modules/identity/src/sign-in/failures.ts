/**
 * Audit entries about wrong passwords: one with a count, not one per attempt. Counted in memory and written apart from
 * the request, so a failed sign-in takes the same time for existing and unknown names.
 */
import type { Db } from '@octet/db'
import type { Log } from '@octet/observe'
import { audit } from '../audit/audit.ts'

const writeMs = 5_000
/** At most one entry per account and process in this time. The count continues. */
const perAccountMs = 15 * 60_000
const accountsMax = 10_000

interface Failures {
  count: number
  writtenAtMs: number
  /** The client of the latest attempt. */
  client: { readonly address: string; readonly userAgent: string } | undefined
}

export interface SignInFailures {
  record(userId: string, client: Failures['client']): void
  /** Writes due entries; with `all` also those that could wait. */
  flush(all?: boolean): Promise<void>
  start(): void
  /** Stops and writes the rest. */
  stop(): Promise<void>
}

export interface SignInFailuresOptions {
  readonly db: Db
  readonly log: Pick<Log, 'warn'>
  readonly now: () => number
  readonly auditKey: Buffer
}

/**
 * Creates a recorder. Call `start` to write periodically. Unwritten counts are lost with the process, which is
 * harmless.
 */
export function createSignInFailures({ db, log, now, auditKey }: SignInFailuresOptions): SignInFailures {
  const accounts = new Map<string, Failures>()
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const write = async (userId: string, { count, client }: Failures) => {
    await db
      .transaction('identity.signInFailures', async tx => {
        await audit({ request: { client }, auditKey }, tx, {
          userId,
          action: 'sign-in-failed',
          by: 'system',
          details: { attempts: count },
        })
      })
      .catch(error => log.warn({ err: error }, 'failed sign-ins could not be written to the audit log'))
  }

  const writeDue = async (all: boolean) => {
    for (const [userId, failures] of [...accounts]) {
      const ageMs = Math.abs(now() - failures.writtenAtMs)
      if (failures.count === 0 && ageMs >= perAccountMs) accounts.delete(userId)
      if (failures.count === 0 || (!all && ageMs < perAccountMs)) continue
      const due = { ...failures }
      failures.count = 0
      failures.writtenAtMs = now()
      await write(userId, due)
    }
  }

  const flush = async (all = false) => {
    await writing
    writing = writeDue(all).finally(() => {
      writing = undefined
    })
    await writing
  }

  return {
    record(userId, client) {
      const known = accounts.get(userId)
      if (known === undefined && accounts.size >= accountsMax) return
      const writtenAtMs = known?.writtenAtMs ?? Number.NEGATIVE_INFINITY
      accounts.set(userId, { count: (known?.count ?? 0) + 1, writtenAtMs, client })
    },
    flush,
    start() {
      timer ??= setInterval(() => void (writing === undefined && flush()), writeMs)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await flush(true)
    },
  }
}
