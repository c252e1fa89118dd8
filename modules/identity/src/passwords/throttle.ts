/**
 * Who has to wait before the next password attempt. Counted before the hash, in the database, in one statement: neither
 * parallel attempts nor several processes beat it.
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
 * Several counts, as each alone has a hole. Attempts on one account from one network: the ordinary guesser; strict.
 * Attempts on one account from anywhere: the distributed guesser; loose and short, or a stranger could keep the owner
 * out (ASVS 6.1.1). Attempts from one network on any account: the sprayer. All attempts together: nobody waits for
 * those, or a stranger could keep everybody out; while they are many, the other counts have a quarter of their room.
 * A browser that knew the password before has a count of its own instead of the account's: guesses elsewhere do not
 * keep it out, and a stolen cookie guesses no faster than anybody.
 */
const policies = {
  everybody: { freeMax: 2_000, delayMsMax: 0, forgetMs: 300 },
  accountFromAddress: { freeMax: 10, delayMsMax: 15 * 60_000, forgetMs: 3 * 60_000 },
  device: { freeMax: 10, delayMsMax: 15 * 60_000, forgetMs: 3 * 60_000 },
  account: { freeMax: 100, delayMsMax: 30_000, forgetMs: 60_000 },
  address: { freeMax: 60, delayMsMax: 5 * 60_000, forgetMs: 20_000 },
} as const satisfies Record<string, Policy>

export interface Throttle {
  /**
   * Counts an attempt, or throws `rate-limited` saying when to come back. Call the returned function when the attempt
   * proved honest: it is taken back everywhere, and the account's own counts are forgotten.
   */
  take(attempt: {
    account?: string
    /** A browser that signed in to the account before; then not the account's attempts count, but its own. */
    device?: string
    address: string
  }): Promise<() => Promise<void>>
}

/** The network address behind a request; work of our own has none. */
export function addressOf({ client }: RequestInfo): string {
  return client?.address ?? 'none'
}

/** Counts for all processes on the database together. */
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
      const all = [counted('everybody', policies.everybody), ...others, ...own]
      const waitMs = await takeAttempts(db, all)
      if (waitMs > 0) throw commonProblem('rate-limited', { retryAfterMs: waitMs, detail: 'Too many attempts.' })
      const forgotten = own.map(({ key }) => key)
      return async () => {
        await giveBackAttempts(db, { keys: all.map(({ key }) => key), forgotten }).catch(error => {
          log.warn({ err: error }, 'an honest sign-in could not be taken off the count')
        })
      }
    },
  }
}

function counted(what: string, policy: Policy): CountedKey {
  return { key: createHash('sha256').update(what).digest('base64url'), ...policy }
}
