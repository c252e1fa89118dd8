/** Work before an exposition: queries whose results the gauges then print. */
import { setTimeout as delay } from 'node:timers/promises'

/** A scraper waits about ten seconds. A slow database must not take the other metrics from it. */
const waitMsMax = 1_000

/** Runs functions side by side and waits for at most a second. One that still runs is not started again. */
export function createRefreshers() {
  const refreshers: (() => Promise<void>)[] = []
  return {
    /** `refresh` handles its own failures; a rejection only means that the values from before are printed. */
    add(refresh: () => Promise<void>): void {
      refreshers.push(oneAtATime(refresh))
    },
    async run(): Promise<void> {
      if (refreshers.length === 0) return
      const isOver = new AbortController()
      const timeout = delay(waitMsMax, undefined, { signal: isOver.signal }).catch(() => undefined)
      await Promise.race([Promise.all(refreshers.map(refresh => refresh())), timeout])
      isOver.abort()
    },
  }
}

function oneAtATime(refresh: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= refresh()
      .catch(() => undefined)
      .finally(() => {
        running = undefined
      })
    return running
  }
}
