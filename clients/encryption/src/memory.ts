/** A device's stored state of its rooms. */
import { base64Of, bytesOf, fromBase64, textOf } from './bytes.ts'
import { decodeGroup, devicesOf, encodeGroup, type Group } from './group.ts'
import type { SecretStore } from './store.ts'

/** The group, the position up to which the log was taken, the members there, and keys of devices that have left. */
export interface Kept {
  readonly group: Group
  readonly seq: number
  readonly members: readonly string[]
  readonly keys: Readonly<Record<string, string>>
}

/** A message, as sent or as its author edited it. `seq` is its own position, not that of an edit. */
export interface Said {
  readonly seq: number
  readonly authorId: string
  readonly cmid: string
  readonly body: string
}

export type Entries = Map<string, Uint8Array | undefined>

export interface Memory {
  load(roomId: string): Promise<Kept | undefined>
  /** Throws when the room was never opened. */
  need(roomId: string): Promise<Kept>
  /** The current room, stored together with the new texts. */
  save(roomId: string, kept: Kept, entries?: Entries): Promise<void>
  textAt(roomId: string, seq: number): Promise<string | null>
  /** Texts alone; the room stays as it is. */
  learn(entries: Entries): Promise<void>
  /** The text that this device sealed into exactly this body and has not received back. */
  sentText(roomId: string, body: string): Promise<string | undefined>
  /** True if exactly this sealed body was opened before. */
  isKnown(roomId: string, said: Said): Promise<boolean>
  /** Runs exclusively for the room, across tabs. */
  alone<T>(roomId: string, work: () => Promise<T>): Promise<T>
}

/** The end of a sealed body identifies it. */
const markLength = 44
const roomKey = (roomId: string) => `room ${roomId}`
const textKey = (roomId: string, seq: number) => `text ${roomId} ${seq}`
const markKey = (roomId: string, seq: number) => `mark ${roomId} ${seq}`
const markOf = (body: string) => body.slice(-markLength)
const sentKey = (roomId: string, body: string) => `sent ${roomId} ${markOf(body)}`

/** Entries to store: the text of a message (`null`: unreadable), by the sealed body it came in. */
export function opened(roomId: string, said: Said, text: string | null): Entries {
  return new Map([
    [markKey(roomId, said.seq), bytesOf(markOf(said.body))],
    [textKey(roomId, said.seq), text === null ? undefined : bytesOf(text)],
    [sentKey(roomId, said.body), undefined],
  ])
}

/** Entries to store: texts of messages from another source. */
export function recovered(roomId: string, texts: ReadonlyMap<number, string>): Entries {
  return new Map([...texts].map(([seq, text]) => [textKey(roomId, seq), bytesOf(text)]))
}

/** Entries to store: the body about to be sent. A device cannot open its own sealed messages. */
export function sealed(roomId: string, { body, text }: { body: string; text: string }): Entries {
  return new Map([[sentKey(roomId, body), bytesOf(text)]])
}

export function createMemory(store: SecretStore): Memory {
  const textOfKey = async (key: string) => {
    const bytes = await store.get(key)
    return bytes === undefined ? undefined : textOf(bytes)
  }
  const load = async (roomId: string): Promise<Kept | undefined> => {
    const text = await textOfKey(roomKey(roomId))
    if (text === undefined) return undefined
    const { group, ...rest } = JSON.parse(text) as Omit<Kept, 'group'> & { readonly group: string }
    return { ...rest, group: decodeGroup(fromBase64(group)) }
  }
  return {
    load,
    async need(roomId) {
      const kept = await load(roomId)
      if (kept === undefined) throw new Error('open the room first')
      return kept
    },
    save: (roomId, kept, entries = new Map()) => store.put(new Map([[roomKey(roomId), record(kept)], ...entries])),
    textAt: async (roomId, seq) => (await textOfKey(textKey(roomId, seq))) ?? null,
    learn: entries => store.put(entries),
    sentText: (roomId, body) => textOfKey(sentKey(roomId, body)),
    isKnown: async (roomId, said) => (await textOfKey(markKey(roomId, said.seq))) === markOf(said.body),
    alone: (roomId, work) => store.exclusive(roomKey(roomId), work),
  }
}

function record({ group, keys, ...rest }: Kept): Uint8Array {
  const known = { ...keys }
  for (const { identity, publicKey } of devicesOf(group)) known[identity] = base64Of(publicKey)
  return bytesOf(JSON.stringify({ ...rest, group: base64Of(encodeGroup(group)), keys: known }))
}
