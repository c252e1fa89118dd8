/** Runs a bounded number of `join`s at once; the others wait in order of arrival. */
export interface JoinQueue {
  run<T>(work: () => Promise<T>): Promise<T>
}

/** Creates an independent queue; at most `runningMax` run at once. */
export function createJoinQueue(runningMax: number): JoinQueue {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(work) {
      // Pass the slot on directly: a newcomer must not overtake the waiter that is next.
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
