/** The recovery key: encrypted copies of what this device can read, for the user's next device. */
import type { Recovery } from '@octet/encryption-client'
import { chatApi } from '../api.ts'
import type { Parts } from './parts.ts'

/** The known contents of a room's messages, by `seq`; `null`: this device cannot read it. */
export type Texts = ReadonlyMap<number, string | null>

type RecoveryState = 'none' | 'elsewhere' | 'here'

const copiesPage = 500
const copiesMax = 10_000
const copyEveryMs = 2_000
const copiesPerCall = 100
const recoveryKey = 'recovery'

interface Known {
  readonly rooms: () => ReadonlyMap<string, Texts>
  readonly learn: (roomId: string, texts: ReadonlyMap<number, string>) => void
  readonly copy: (roomId: string, seq: number, text: string) => void
}

export function createRecovery(parts: () => Promise<Parts>, { rooms, learn, copy }: Known) {
  return {
    /** Whether the account has a recovery key, and whether this device has it. */
    async recoveryState(): Promise<RecoveryState> {
      const { store } = await parts()
      const { check } = await chatApi.getRecovery({})
      if (check === null) return 'none'
      return (await store.get(recoveryKey)) === undefined ? 'elsewhere' : 'here'
    },
    /**
     * Creates a new key; from now on, copies of what this device reads are stored. Resolves with the key, to be
     * printed.
     */
    async createRecovery(): Promise<string> {
      const { library, store } = await parts()
      const key = library.newRecoveryKey()
      const recovery = await library.openRecovery(key)
      await chatApi.setRecovery({ check: base64(recovery.check) })
      await store.put(new Map([[recoveryKey, key]]))
      for (const [roomId, texts] of rooms()) {
        for (const [seq, text] of texts) if (text !== null) copy(roomId, seq, text)
      }
      return library.recoveryKeyText(key)
    },
    /** Accepts a typed key and reads the copies of other devices. False when the key belongs to another account. */
    async enterRecovery(text: string, roomIds: readonly string[]): Promise<boolean> {
      const { library, store, encryption } = await parts()
      const key = await library.readRecoveryKey(text)
      if (key === undefined) return false
      const recovery = await library.openRecovery(key)
      const { check } = await chatApi.getRecovery({})
      if (check !== base64(recovery.check)) return false
      await store.put(new Map([[recoveryKey, key]]))
      for (const roomId of roomIds) {
        const texts = await copiesOf(roomId, recovery)
        await encryption.learn(roomId, texts)
        learn(roomId, texts)
      }
      return true
    },
  }
}

/** Stores encrypted copies of what this device reads, in batches, if a recovery key exists. */
export function createCopies(parts: () => Promise<Parts>) {
  let due: { roomId: string; seq: number; text: string }[] = []
  let isDue = false
  async function flush(): Promise<void> {
    isDue = false
    const { library, store } = await parts()
    const key = await store.get(recoveryKey)
    if (key === undefined) {
      due = []
      return
    }
    const recovery = await library.openRecovery(new Uint8Array(key))
    const [first] = due
    const some = due.filter(({ roomId }) => roomId === first?.roomId).slice(0, copiesPerCall)
    const sealed = await Promise.all(
      some.map(async ({ roomId, seq, text }) => ({ seq, sealed: base64(await recovery.seal(roomId, seq, text)) })),
    )
    if (first !== undefined) await chatApi.putHistory({ roomId: first.roomId, copies: sealed })
    due = due.filter(each => !some.includes(each))
    if (due.length > 0) later()
  }
  function later(): void {
    if (isDue) return
    isDue = true
    // A failed copy is stored with the next batch; this device can read it anyway.
    setTimeout(() => flush().catch(() => undefined), copyEveryMs)
  }
  return {
    add(roomId: string, seq: number, text: string): void {
      due = [...due, { roomId, seq, text }].slice(-copiesMax)
      later()
    },
  }
}

async function copiesOf(roomId: string, recovery: Recovery): Promise<Map<number, string>> {
  const texts = new Map<number, string>()
  for (let before: number | undefined; texts.size < copiesMax; ) {
    const page = await chatApi.getHistory({ roomId, limit: copiesPage, ...(before === undefined ? {} : { before }) })
    for (const { seq, sealed } of page.data) {
      const text = await recovery.open(roomId, seq, bytes(sealed)).catch(() => undefined)
      if (text !== undefined) texts.set(seq, text)
    }
    before = page.data.at(-1)?.seq
    if (!page.hasMore || before === undefined) break
  }
  return texts
}

function base64(value: Uint8Array): string {
  return btoa(String.fromCharCode(...value))
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
