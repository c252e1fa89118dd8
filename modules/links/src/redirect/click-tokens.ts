/**
 * Claims clicks of limited links from the database in batches, one per group of waiting visitors. A process runs one
 * statement per link at a time. A thousand visitors of one limited link thus use one connection and a handful of row
 * locks.
 */

import { commonProblem } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { Db } from '@octet/db'
import * as redirectStore from './store.ts'

const waitingMax = 10_000

export interface ClickTokens {
  /** True: one click was claimed for this visit. False: the limit is reached. Throws `unavailable`. */
  take(linkId: string): Promise<boolean>
}

type Waiter = PromiseWithResolvers<boolean>

/** The last click of a link publishes `link-expired` in the transaction that claims it. */
export function createClickTokens(db: Db<typeof links>): ClickTokens {
  const waiting = new Map<string, Waiter[]>()
  let waiters = 0

  async function serve(linkId: string): Promise<void> {
    for (let group = waiting.get(linkId) ?? []; group.length > 0; group = waiting.get(linkId) ?? []) {
      waiting.set(linkId, [])
      try {
        const taken = await takeSome(linkId, group.length)
        for (const [index, waiter] of group.entries()) waiter.resolve(index < taken)
      } catch (error) {
        for (const waiter of group) waiter.reject(error)
      }
      waiters -= group.length
    }
    waiting.delete(linkId)
  }

  function takeSome(linkId: string, wanted: number): Promise<number> {
    return db.transaction('links.takeClicks', async tx => {
      const result = await redirectStore.takeClicks(tx, linkId, wanted)
      if (result?.left === 0) await tx.publish('link-expired', { linkId, reason: 'clicks' })
      return result?.taken ?? 0
    })
  }

  return {
    take(linkId) {
      if (waiters >= waitingMax) return Promise.reject(commonProblem('unavailable', { retryAfterMs: 1_000 }))
      const waiter: Waiter = Promise.withResolvers()
      waiters++
      const group = waiting.get(linkId)
      if (group === undefined) {
        waiting.set(linkId, [waiter])
        void serve(linkId)
      } else group.push(waiter)
      return waiter.promise
    },
  }
}
