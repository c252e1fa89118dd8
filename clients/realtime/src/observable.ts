/** A value that can be watched; fits React's `useSyncExternalStore`. */
export interface Observable<T> {
  get(): T
  /** Calls `listener` after every change; returns a function that stops it. */
  subscribe(listener: () => void): () => void
}

export interface Cell<T> extends Observable<T> {
  set(value: T): void
}

export function createCell<T>(first: T): Cell<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (next === value) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
