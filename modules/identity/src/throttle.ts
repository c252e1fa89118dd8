/** Who has to wait before the next password attempt. Counted before the hash, so parallel attempts cannot beat it. */

import { commonProblem } from '@octet/contracts'
import { addressKey } from '@octet/http'
import type { RequestInfo } from '@octet/kernel'
import { type Attempts, giveBack, type ThrottlePolicy, takeAttempt } from './rules.ts'

/**
 * Three counts, because each alone has a hole. Attempts on one account from one network: the ordinary guesser; strict.
 * Attempts on one account from anywhere: the distributed guesser; loose and short, or a stranger could keep the owner
 * out (ASVS 6.1.1). Attempts from one network on any account: the sprayer.
 */
const policies = {
  accountFromAddress: { freeMax: 10, delayMsMax: 15 * 60_000, forgetMs: 3 * 60_000 },
  account: { freeMax: 100, delayMsMax: 30_000, forgetMs: 60_000 },
  address: { freeMax: 60, delayMsMax: 5 * 60_000, forgetMs: 20_000 },
} as const satisfies Record<string, ThrottlePolicy>

const keysMax = 50_000

export interface Throttle {
  /**
   * Counts an attempt, or throws `rate-limited` saying when to come back. Call the returned function when the attempt
   * proved honest: it is taken back everywhere, and the account's own counts are forgotten.
   */
  take(attempt: { account?: string; address: string }): () => void
}

/** The network address behind a request; work of our own has none. */
export function addressOf({ client }: RequestInfo): string {
  return client?.address ?? 'none'
}

/** Counts in this process's memory, at most {@link keysMax} of them; with several processes each counts for itself. */
export function createThrottle(now: () => number): Throttle {
  const attempts = new Map<string, Attempts>()

  const keep = (key: string, value: Attempts) => {
    attempts.delete(key)
    attempts.set(key, value)
    if (attempts.size > keysMax) attempts.delete(attempts.keys().next().value as string)
  }

  return {
    take({ account, address }) {
      const network = addressKey(address)
      const keys: [string, ThrottlePolicy][] = [[`address ${network}`, policies.address]]
      if (account !== undefined) {
        keys.push([`account ${account}`, policies.account])
        keys.push([`account ${account} from ${network}`, policies.accountFromAddress])
      }
      const nowMs = now()
      const taken = keys.map(([key, policy]) => ({ key, result: takeAttempt(attempts.get(key), policy, nowMs) }))
      const waitMs = Math.max(...taken.map(({ result }) => ('waitMs' in result ? result.waitMs : 0)))
      if (waitMs > 0) throw commonProblem('rate-limited', { retryAfterMs: waitMs, detail: 'Too many attempts.' })
      for (const { key, result } of taken) if (!('waitMs' in result)) keep(key, result)
      return () => {
        for (const [key] of keys) {
          const known = attempts.get(key)
          if (key.startsWith('account ')) attempts.delete(key)
          else if (known !== undefined) attempts.set(key, giveBack(known))
        }
      }
    },
  }
}
