/** Where a device keeps its keys and what it could read. In a browser that is IndexedDB; it never leaves the device. */
export interface SecretStore {
  get(key: string): Promise<Uint8Array | undefined>
  /** All or nothing, and on disk when it resolves: a key that was used must never come back. `undefined` deletes. */
  put(entries: ReadonlyMap<string, Uint8Array | undefined>): Promise<void>
  /** Runs `work` while nobody else, another tab included, runs any under the same name. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** For tests and devices that need not remember. */
export function memoryStore(): SecretStore {
  const entries = new Map<string, Uint8Array>()
  const queues = new Map<string, Promise<unknown>>()
  return {
    get: async key => entries.get(key),
    async put(changes) {
      for (const [key, value] of changes) {
        if (value === undefined) entries.delete(key)
        else entries.set(key, value.slice())
      }
    },
    exclusive(name, work) {
      const turn = (queues.get(name) ?? Promise.resolve()).then(work, work)
      queues.set(
        name,
        turn.catch(() => undefined),
      )
      return turn
    },
  }
}
