/** Notices when the machine stalls: then a server may rightly answer that it took too long. */
import type { Interval } from './oracles/oracle.ts'

const everyMs = 50
const lateMsMax = 250

export interface StallWatch {
  /** When this process ran late. Ends the watch. */
  stop(): Interval[]
}

/** Watches how late a timer of this process runs; every process of the machine shares its cores. */
export function watchStalls(): StallWatch {
  const stalls: Interval[] = []
  let lastMs = Date.now()
  const timer = setInterval(() => {
    const nowMs = Date.now()
    if (nowMs - lastMs > everyMs + lateMsMax) stalls.push({ fromMs: lastMs, toMs: nowMs })
    lastMs = nowMs
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return stalls
    },
  }
}
