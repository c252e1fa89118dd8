/** Storage of sends until they are answered. */
import { newId } from './new-id.ts'

/** A send that has not been answered yet. */
export interface KeptSend {
  readonly cmid: string
  /** Its number among the sends of its stream, if it has one. */
  readonly csn?: number
  readonly stream: string
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
  /** When it was created, in Unix milliseconds. */
  readonly atMs: number
}

/** One client's own part of the storage. */
export interface OpenOutbox {
  /** Names the numbering of these sends: a new one at each `open`, so that it begins at 1. */
  readonly device: string
  /** Sends that earlier pages left, in their order. */
  readonly kept: readonly KeptSend[]
  /** Stores, or replaces by `cmid`. Stored when it returns. */
  put(send: KeptSend): void
  remove(cmid: string): void
  close(): void
}

export interface OutboxStorage {
  open(): Promise<OpenOutbox>
}

/** Sends end with the program. */
export function memoryOutbox(): OutboxStorage {
  const kept = new Map<string, KeptSend>()
  return {
    open: async () => ({
      device: newId(),
      kept: [...kept.values()],
      put: send => void kept.set(send.cmid, send),
      remove: cmid => void kept.delete(cmid),
      close: () => undefined,
    }),
  }
}

/** The part of `localStorage` that is used. */
export interface WebStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** The part of `navigator.locks` that is used. */
export interface WebLocks {
  request(
    name: string,
    options: { readonly ifAvailable: boolean },
    work: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>
}

export interface WebOutboxOptions {
  /** The owner of the outbox: contains the user's id, or another user of the browser would send it. */
  readonly name: string
  readonly storage: WebStorage
  /** Shows which outboxes belong to closed pages. Without it only `tabStorage` connects a page to its own. */
  readonly locks?: WebLocks | undefined
  /** `sessionStorage`. */
  readonly tabStorage?: WebStorage
}

/**
 * Sends survive a reload and the closing of a page: the next page of the same name takes them over. Each page has its
 * own device, so that tabs do not wait for each other.
 */
export function webOutbox({ name, storage, locks, tabStorage }: WebOutboxOptions): OutboxStorage {
  const prefix = `octet:outbox:${name}:`
  return {
    async open() {
      const device = newId()
      const release = locks && (await claim(locks, prefix + device))
      const remembered = locks === undefined ? tabStorage?.getItem(prefix) : undefined
      const left = locks === undefined ? [remembered ?? ''] : devicesOf(storage, prefix)
      const kept: KeptSend[] = []
      for (const candidate of left) {
        const free = locks && (await claim(locks, prefix + candidate))
        if (locks !== undefined && free === undefined) continue // an open page holds it
        kept.push(...adopt(storage, prefix, candidate, device))
        free?.()
      }
      if (locks === undefined) tabStorage?.setItem(prefix, device)
      const keyOf = (cmid: string) => `${prefix}${device}:${cmid}`
      return {
        device,
        kept: kept.sort((a, b) => a.atMs - b.atMs),
        put: send => storage.setItem(keyOf(send.cmid), JSON.stringify(send)),
        remove: cmid => storage.removeItem(keyOf(cmid)),
        close: () => release?.(),
      }
    },
  }
}

function keysOf(storage: WebStorage, prefix: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  return keys.filter(key => key?.startsWith(prefix)) as string[]
}

function devicesOf(storage: WebStorage, prefix: string): string[] {
  const keys = keysOf(storage, prefix)
  return [...new Set(keys.map(key => key.slice(prefix.length).split(':')[0] as string))]
}

/** Holds the lock until the returned function is called; `undefined` when another page holds it. */
function claim(locks: WebLocks, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const request = locks.request(name, { ifAvailable: true }, lock => {
      if (lock === null) {
        resolve(undefined)
        return undefined
      }
      return new Promise<void>(release => resolve(release))
    })
    request.catch(reject)
  })
}

/** Takes over the sends that a device left, in the order of their numbers. */
function adopt(storage: WebStorage, prefix: string, from: string, to: string): KeptSend[] {
  const found: KeptSend[] = []
  for (const key of keysOf(storage, `${prefix}${from}:`)) {
    const send = readSend(storage.getItem(key))
    if (send !== undefined) storage.setItem(`${prefix}${to}:${send.cmid}`, JSON.stringify(send))
    storage.removeItem(key)
    if (send !== undefined) found.push(send)
  }
  return found.sort((a, b) => (a.csn ?? 0) - (b.csn ?? 0))
}

function readSend(text: string | null): KeptSend | undefined {
  try {
    const send = JSON.parse(text ?? '') as KeptSend
    return typeof send.cmid === 'string' && typeof send.stream === 'string' ? send : undefined
  } catch {
    return undefined
  }
}
