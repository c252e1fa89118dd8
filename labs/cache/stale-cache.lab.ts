/** A hot entry is read all the time, and its source changes. When does a reader see the change? */
import { setTimeout as delay } from 'node:timers/promises'
import { createCache } from '@octet/cache'
import type { Experiment } from '../../bench/experiment.ts'
import { median } from '../../bench/load/latency.ts'

const ttlMs = 200
const readEveryMs = 5
/** The observation ends here; the sliding entry would stay for as long as it is read. */
const watchedMs = 2_000

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'stale-cache',
  shows: `how long an entry of ${ttlMs} ms stays stale while it is read every ${readEveryMs} ms: life renewed by hits, against counted from the load`,
  cores: 'shared',
  goals: [
    { of: 'absoluteStaleMsMax', atMost: ttlMs + 100 },
    { of: 'slidingSeenStaleToTheEnd', atLeast: 1 },
  ],
  async run({ pick, say }) {
    const rounds = pick({ short: 1, normal: 4, long: 20 })
    const stale = { sliding: [] as number[], absolute: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`)
      const [sliding, absolute] = await Promise.all([
        staleFor(load => slidingCache(load)),
        staleFor(load => createCache({ entriesMax: 10, ttlMs, load })),
      ])
      stale.sliding.push(sliding)
      stale.absolute.push(absolute)
    }
    return {
      baseline: 'a cache that renews the life of what is hit (what Dub does on its edge: research, section 4)',
      metrics: {
        rounds,
        slidingStaleMs: median(stale.sliding),
        absoluteStaleMs: median(stale.absolute),
        absoluteStaleMsMax: Math.max(...stale.absolute),
        watchedMs,
      },
      ratios: {
        slidingSeenStaleToTheEnd: stale.sliding.filter(ms => ms >= watchedMs).length / rounds,
        absoluteOfSliding: median(stale.absolute) / median(stale.sliding),
      },
    }
  },
}

interface Reader {
  get(key: string): Promise<string>
}

function slidingCache(load: () => Promise<string>): Reader {
  let entry: { value: string; untilMs: number } | undefined
  return {
    async get() {
      if (entry === undefined || entry.untilMs <= Date.now()) entry = { value: await load(), untilMs: 0 }
      entry.untilMs = Date.now() + ttlMs
      return entry.value
    },
  }
}

/** Milliseconds from the change until a reader sees it; {@link watchedMs} when no reader did. */
async function staleFor(open: (load: () => Promise<string>) => Reader): Promise<number> {
  const source = { value: 'old' }
  const cache = open(async () => source.value)
  await cache.get('hot')
  source.value = 'new'
  const changedMs = performance.now()
  for (let sinceMs = 0; sinceMs < watchedMs; sinceMs = performance.now() - changedMs) {
    if ((await cache.get('hot')) === 'new') return performance.now() - changedMs
    await delay(readEveryMs)
  }
  return watchedMs
}
