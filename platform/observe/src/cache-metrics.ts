/** Hits and misses of all caches of a process, in two families. */
import type { ReadFamilyOptions } from './series.ts'

/** What a cache has counted: reads from memory, loads, and reads that waited for the load of another read. */
export interface CacheStats {
  readonly hits: number
  readonly loads: number
  readonly shared: number
}

/** Registers the two families. The caches count for themselves, so a read costs nothing here. */
export function createCacheMetrics(register: (options: ReadFamilyOptions) => void) {
  const caches = new Map<string, CacheStats>()
  const readEach = (pick: (stats: CacheStats) => number) => {
    return () => [...caches].map(([name, stats]): [string, number] => [name, pick(stats)])
  }
  register({
    name: 'octet_cache_hits_total',
    help: 'Reads that a cache answered from memory.',
    type: 'counter',
    label: 'cache',
    read: readEach(({ hits }) => hits),
  })
  register({
    name: 'octet_cache_misses_total',
    help: 'Reads of a cache that waited for a load, their own or that of another read.',
    type: 'counter',
    label: 'cache',
    read: readEach(({ loads, shared }) => loads + shared),
  })
  return {
    add(name: string, stats: CacheStats): void {
      caches.set(name, stats)
    },
  }
}
