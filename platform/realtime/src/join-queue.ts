/** Runs a bounded number of `join`s at once; the others wait in order of arrival. */
export interface JoinQueue {
  run<T>(work: () => Promise<T>): Promise<T>
}

/** A queue of its own; `runningMax` run at once. */
export function createJoinQueue(runningMax: number): JoinQueue {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(work) {
      // The slot is passed on directly: a newcomer must not overtake the one that was woken.
      if (running >= runningMax) await new Promise<void>(resolve => waiting.push(resolve))
      else running++
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}
