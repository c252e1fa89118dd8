/**
 * Throttles password attempts. Attempts are counted before hashing, in the database, in one statement, so neither
 * parallel attempts nor several processes bypass the limit.
 */
import { createHash } from 'node:crypto'
import { commonProblem } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { addressKey } from '@octet/http'
import type { RequestInfo } from '@octet/kernel'
import type { Log } from '@octet/observe'
import { type CountedKey, giveBackAttempts, takeAttempts } from './attempt-store.ts'

type Policy = Omit<CountedKey, 'key'>

/**
 * Each count alone has a gap, so there are several.
 *
 * `accountFromAddress`: attempts on one account from one network; strict, against the ordinary guesser. `account`:
 * attempts on one account from anywhere; loose, because a stranger must not lock the owner out (ASVS 6.1.1). `address`:
 * attempts from one network on any account, against password spraying. `all`: all attempts together. It never delays,
 * but while it is high the other counts allow a quarter.
 *
 * `device`: a trusted browser is counted separately instead of under its account. Guesses elsewhere do not delay it,
 * and a stolen cookie guesses no faster.
 */
const policies = {
  all: { freeMax: 2_000, delayMsMax: 0, forgetMs: 300 },
  accountFromAddress: { freeMax: 10, delayMsMax: 15 * 60_000, forgetMs: 3 * 60_000 },
  device: { freeMax: 10, delayMsMax: 15 * 60_000, forgetMs: 3 * 60_000 },
  account: { freeMax: 100, delayMsMax: 30_000, forgetMs: 60_000 },
  address: { freeMax: 60, delayMsMax: 5 * 60_000, forgetMs: 20_000 },
} as const satisfies Record<string, Policy>

export interface Throttle {
  /**
   * Counts an attempt, or throws `rate-limited` with the time to wait. Call the returned function when the attempt
   * succeeded: it removes the attempt from every count and resets the account's own counts.
   */
  take(attempt: {
    account?: string
    /** A trusted browser. Its own count replaces the account's. */
    device?: string
    address: string
  }): Promise<() => Promise<void>>
}

/** The network address of a request. Internal work has none. */
export function addressOf({ client }: RequestInfo): string {
  return client?.address ?? 'none'
}

/** Creates a throttle shared by all processes on the database. */
export function createThrottle({ db, log }: { db: Queryable; log: Pick<Log, 'warn'> }): Throttle {
  return {
    async take({ account, device, address }) {
      const network = addressKey(address)
      const others = [counted(`address ${network}`, policies.address)]
      const own = device === undefined ? [] : [counted(`device ${device}`, policies.device)]
      if (account !== undefined) {
        own.push(
          counted(`account ${account}`, policies.account),
          counted(`account ${account} from ${network}`, policies.accountFromAddress),
        )
      }
      const all = [counted('all', policies.all), ...others, ...own]
      const waitMs = await takeAttempts(db, all)
      if (waitMs > 0) throw commonProblem('rate-limited', { retryAfterMs: waitMs, detail: 'Too many attempts.' })
      const forgotten = own.map(({ key }) => key)
      return async () => {
        await giveBackAttempts(db, { keys: all.map(({ key }) => key), forgotten }).catch(error => {
          log.warn({ err: error }, 'a successful sign-in could not be removed from the attempt counts')
        })
      }
    },
  }
}

function counted(what: string, policy: Policy): CountedKey {
  return { key: createHash('sha256').update(what).digest('base64url'), ...policy }
}
