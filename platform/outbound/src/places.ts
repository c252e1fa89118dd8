/** A bulkhead: a bounded number of requests runs, a bounded number waits. */
import { OutboundError } from './outbound-error.ts'

export interface Places {
  /** Waits for a place; call the returned function when done. @throws OutboundError `busy` or `timed-out` */
  enter(signal: AbortSignal): Promise<() => void>
}

const waitingPerPlace = 4

/** First come, first served. */
export function createPlaces(max: number): Places {
  const waiting = new Set<() => void>()
  let taken = 0
  const leave = () => {
    const [next] = waiting
    if (next === undefined) taken--
    else next()
  }
  return {
    async enter(signal) {
      if (taken < max) {
        taken++
        return leave
      }
      if (waiting.size >= max * waitingPerPlace) throw new OutboundError('busy', 'too many requests wait already')
      await new Promise<void>((resolve, reject) => {
        const proceed = () => {
          waiting.delete(proceed)
          signal.removeEventListener('abort', abort)
          resolve()
        }
        const abort = () => {
          waiting.delete(proceed)
          reject(new OutboundError('timed-out', 'there was no answer in time'))
        }
        waiting.add(proceed)
        signal.addEventListener('abort', abort, { once: true })
      })
      return leave
    },
  }
}
