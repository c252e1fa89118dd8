/** A bounded queue in which every account has its turn, however much another has queued. */
import { commonProblem } from '@octet/contracts'

export interface FairQueueOptions {
  /** Pieces of work that run at once. */
  readonly atOnce: number
  /** Pieces that may wait, of all accounts together and of one. */
  readonly waitingMax: number
  readonly waitingPerAccountMax: number
}

export interface FairQueue {
  /** Runs `work` when it is the account's turn. Throws `rate-limited` while too much waits. */
  run<T>(account: string, work: () => Promise<T>): Promise<T>
}

const retryAfterMs = 5_000

/** Accounts take turns: one piece of the account that was served least recently, then one of the next. */
export function createFairQueue({ atOnce, waitingMax, waitingPerAccountMax }: FairQueueOptions): FairQueue {
  /** In the order of their turns; an account without waiting work is not in it. */
  const waiting = new Map<string, (() => void)[]>()
  let waitingCount = 0
  let running = 0

  function startNext(): void {
    const [first] = waiting
    if (first === undefined || running >= atOnce) return
    const [account, pieces] = first
    const start = pieces.shift()
    waiting.delete(account)
    if (pieces.length > 0) waiting.set(account, pieces) // behind the others
    waitingCount--
    running++
    start?.()
  }

  return {
    async run(account, work) {
      const pieces = waiting.get(account) ?? []
      if (waitingCount >= waitingMax || pieces.length >= waitingPerAccountMax) {
        throw commonProblem('rate-limited', { retryAfterMs })
      }
      await new Promise<void>(resolve => {
        pieces.push(resolve)
        waiting.set(account, pieces)
        waitingCount++
        startNext()
      })
      try {
        return await work()
      } finally {
        running--
        startNext()
      }
    },
  }
}
