/** A device's storage of its keys and readable texts. In a browser it is IndexedDB; it never leaves the device. */
export interface SecretStore {
  get(key: string): Promise<Uint8Array | undefined>
  /** All or nothing, and on disk when it resolves: a used key must never come back. `undefined` deletes. */
  put(entries: ReadonlyMap<string, Uint8Array | undefined>): Promise<void>
  /** Runs `work` exclusively under this name, across tabs. */
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
