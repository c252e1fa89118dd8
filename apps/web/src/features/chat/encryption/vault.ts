/**
 * Encrypted rooms on this page: decrypts messages, and encrypts new ones. The library loads with the first encrypted
 * room.
 */
import type { RoomEvent } from '@octet/encryption-client'
import { chatApi } from '../api.ts'
import { devicesOf } from './devices.ts'
import type { Parts } from './parts.ts'
import { createCopies, createRecovery, type Texts } from './recovery.ts'
import { openSecretStore } from './secret-store.ts'

/** Decrypts the messages of one room for its page. */
export interface Reader {
  /** The decrypted text; `null`: this device cannot read it; `undefined`: unknown, so call {@link Reader.ask}. */
  readonly textOf: (message: { readonly seq?: number; readonly body: string }) => string | null | undefined
  /** Looks in this browser's storage, and notifies listeners when it finds the text. */
  readonly ask: (messages: readonly { readonly seq?: number; readonly body: string }[]) => void
  readonly subscribe: (listener: () => void) => () => void
}

export type Vault = ReturnType<typeof createVault>

const attemptsMax = 5
const attemptEveryMs = 300
const spokenMax = 500
const membersPage = 100
const noTexts: Texts = new Map()

export function createVault(userId: string) {
  const parts = lazyParts(userId)
  const rooms = new Map<string, Texts>()
  const spoken = createSpoken()
  const listeners = createListeners()
  const learn = (roomId: string, texts: Iterable<readonly [number, string | null]>) => {
    rooms.set(roomId, new Map([...(rooms.get(roomId) ?? noTexts), ...texts]))
    listeners.notify()
  }
  const copies = createCopies(parts)
  const known = { rooms: () => rooms, learn, copy: copies.add }

  /** Stored texts only fill gaps: a text that arrived over the stream meanwhile wins. */
  async function recall(roomId: string, messages: Parameters<Reader['ask']>[0]): Promise<void> {
    const { encryption } = await parts()
    for (const { seq, body } of messages) {
      const sent = await encryption.sentText(roomId, body)
      if (sent !== undefined) spoken.add(body, sent)
      if (seq === undefined) continue
      const text = sent ?? (await encryption.textAt(roomId, seq))
      if (rooms.get(roomId)?.get(seq) === undefined) learn(roomId, [[seq, text]])
    }
    listeners.notify()
  }

  return {
    /** Creates or joins the room's group. Resolves with the position in its stream from which events are needed. */
    async open(roomId: string): Promise<number> {
      return (await parts()).encryption.open(roomId, () => membersOf(roomId))
    },
    /** Processes an event of the room's stream. A device that can no longer follow joins again. */
    async take(roomId: string, event: RoomEvent): Promise<void> {
      const { encryption } = await parts()
      try {
        const text = await encryption.take(roomId, event)
        if (text === undefined) return
        const seq = event.type === 'message' ? event.seq : (event.body as { seq: number }).seq
        learn(roomId, [[seq, text]])
        if (text !== null) copies.add(roomId, seq, text)
      } catch {
        await encryption.rejoin(roomId, () => membersOf(roomId))
      }
    },
    /** Encrypts a text for the room's devices. Rejects when this browser cannot encrypt. */
    async seal(roomId: string, message: { cmid: string; text: string }): Promise<string> {
      const body = await sealPatiently(await parts(), roomId, message)
      spoken.add(body, message.text)
      return body
    },
    readerOf(roomId: string): Reader {
      const asked = new Set<string>()
      return {
        textOf: ({ seq, body }) => spoken.get(body) ?? (seq === undefined ? undefined : rooms.get(roomId)?.get(seq)),
        ask(messages) {
          const fresh = messages.filter(({ body }) => !asked.has(body))
          for (const { body } of fresh) asked.add(body)
          if (fresh.length > 0) recall(roomId, fresh).catch(() => learn(roomId, unreadable(fresh)))
        },
        subscribe: listeners.subscribe,
      }
    },
    devices: (roomId: string) => devicesOf(parts, roomId),
    ...createRecovery(parts, known),
  }
}

/** Loads the library and the keys on first use, and again after a failure. */
function lazyParts(userId: string): () => Promise<Parts> {
  let opening: Promise<Parts> | undefined
  return () => {
    opening ??= load(userId).catch(error => {
      opening = undefined
      throw error
    })
    return opening
  }
}

/** Other devices may advance the group at the same time; then this one retries. */
async function sealPatiently({ library, encryption }: Parts, roomId: string, message: { cmid: string; text: string }) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await encryption.seal(roomId, message)
    } catch (error) {
      if (!(error instanceof library.BehindError) || attempt === attemptsMax) throw error
      await new Promise(resolve => setTimeout(resolve, attemptEveryMs * attempt))
    }
  }
}

function createListeners() {
  const listeners = new Set<() => void>()
  return {
    notify(): void {
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Texts that this page has encrypted, by ciphertext, so that they show before the server returns them. */
function createSpoken() {
  const texts = new Map<string, string>()
  return {
    get: (body: string) => texts.get(body),
    add(body: string, text: string): void {
      texts.set(body, text)
      const oldest = texts.size > spokenMax ? texts.keys().next().value : undefined
      if (oldest !== undefined) texts.delete(oldest)
    },
  }
}

function unreadable(messages: readonly { readonly seq?: number }[]): [number, null][] {
  return messages.flatMap(({ seq }) => (seq === undefined ? [] : [[seq, null] as [number, null]]))
}

async function load(userId: string): Promise<Parts> {
  const library = await import('@octet/encryption-client')
  const store = await openSecretStore(userId)
  const device = await library.createDevice(store, userId)
  return { library, store, device, encryption: library.createEncryption({ device, store, server: chatApi }) }
}

async function membersOf(roomId: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await chatApi.listMembers({
      id: roomId,
      limit: membersPage,
      ...(cursor === undefined ? {} : { cursor }),
    })
    ids.push(...page.data.map(({ id }) => id))
    cursor = page.meta.nextCursor ?? undefined
    if (cursor === undefined) return ids
  }
}
