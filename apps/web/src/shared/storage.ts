/** Small settings of this browser, shared by its tabs. When storage is forbidden or full, memory replaces it. */
import { useSyncExternalStore } from 'react'

const memory = new Map<string, string>()
const listeners = new Set<() => void>()

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return memory.get(key) ?? null
  }
}

/** Stores a value under `octet.<key>`; `null` removes it. */
export function store(key: string, value: string | null): void {
  const name = `octet.${key}`
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    if (value === null) memory.delete(name)
    else memory.set(name, value)
  }
  for (const listener of listeners) listener()
}

export function stored(key: string): string | null {
  return read(`octet.${key}`)
}

/** The keys with this prefix. */
export function storedKeys(prefix: string): readonly string[] {
  const own = `octet.${prefix}`
  const inMemory = [...memory.keys()]
  try {
    const kept = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '')
    return [...kept, ...inMemory].filter(key => key.startsWith(own)).map(key => key.slice('octet.'.length))
  } catch {
    return inMemory.filter(key => key.startsWith(own)).map(key => key.slice('octet.'.length))
  }
}

/** Calls back on every change, in this tab and in others. Returns a function that unsubscribes. */
function onStored(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

export function useStored(key: string): string | null {
  return useSyncExternalStore(onStored, () => stored(key))
}

/** The prefix of the databases with keys of encrypted rooms; the id of the account follows. */
export const secretsPrefix = 'octet-secrets-'

/**
 * Called on sign-out: the next user of this browser must not read the encrypted rooms. Not every browser lists
 * databases.
 */
export async function forgetSecrets(): Promise<void> {
  for (const { name } of await indexedDB.databases())
    if (name?.startsWith(secretsPrefix)) indexedDB.deleteDatabase(name)
}
