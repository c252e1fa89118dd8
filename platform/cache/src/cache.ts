/** A bounded cache. Entries live a fixed time after their load, however often they are read. */

export interface CacheOptions<V> {
  readonly entriesMax: number
  /** Counted from the start of the load and never extended: a hot entry must not stay stale (README). */
  readonly ttlMs: number
  readonly load: (key: string) => Promise<V>
  /**
   * How long past its time an entry may still be served while `load` fails; zero means never. While the source is
   * unreachable it cannot accept newer values, and an old answer beats an error.
   */
  readonly staleIfErrorMs?: number
  readonly now?: () => number
}

export interface Cache<V> {
  /** The cached value, or `undefined` when it must be loaded; never waits. For hot paths. */
  peek(key: string): V | undefined
  /** The value, loaded when absent or too old. Readers of one key share one load. */
  get(key: string): Promise<V>
  /** Removes the key, also while it is being loaded: that result reaches its readers but is not kept. */
  delete(key: string): void
  readonly stats: { hits: number; loads: number; shared: number }
}

interface Entry<V> {
  readonly value: V
  readonly loadedAtMs: number
}

/** Creates an empty cache over `load`. Errors of `load` reach the readers and are not kept. */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { entriesMax, ttlMs, load, staleIfErrorMs = 0, now = Date.now } = options
  const entries = new Map<string, Entry<V>>()
  const loading = new Map<string, Promise<V>>()
  const stats = { hits: 0, loads: 0, shared: 0 }

  const keep = (key: string, value: V, loadedAtMs: number) => {
    entries.delete(key)
    entries.set(key, { value, loadedAtMs })
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value as string)
  }

  const peek = (key: string): V | undefined => {
    const entry = entries.get(key)
    if (entry === undefined || now() - entry.loadedAtMs >= ttlMs) return undefined
    stats.hits++
    return entry.value
  }

  const startLoad = (key: string): Promise<V> => {
    const startedAtMs = now()
    stats.loads++
    const promise = load(key).then(
      value => {
        if (loading.get(key) === promise) {
          loading.delete(key)
          keep(key, value, startedAtMs)
        }
        return value
      },
      error => {
        if (loading.get(key) === promise) loading.delete(key)
        const entry = entries.get(key)
        if (entry !== undefined && now() - entry.loadedAtMs < ttlMs + staleIfErrorMs) return entry.value
        throw error
      },
    )
    loading.set(key, promise)
    return promise
  }

  return {
    peek,
    get(key) {
      const value = peek(key)
      if (value !== undefined) return Promise.resolve(value)
      const underWay = loading.get(key)
      if (underWay === undefined) return startLoad(key)
      stats.shared++
      return underWay
    },
    delete(key) {
      entries.delete(key)
      loading.delete(key)
    },
    stats,
  }
}
