/**
 * Encrypted rooms for one device: joins their groups, reads what is said in the order of the room, and speaks. Every
 * step is kept before its result is handed out, so that a crash at any point uses no key twice and loses no text.
 */
import { base64Of, fromBase64 } from './bytes.ts'
import type { Device } from './device.ts'
import { readEnvelope, writeEnvelope } from './envelope.ts'
import { applyCommit, devicesOf, epochOf, type Fingerprint, type Group, seal, unseal } from './group.ts'
import { BehindError, enterGroup, type GroupServer, putOut } from './group-server.ts'
import { createMemory, type Entries, type Kept, type Memory, opened, type Said, sealed } from './memory.ts'
import type { SecretStore } from './store.ts'

/** An event of the room's stream. */
export interface RoomEvent {
  readonly seq: number
  readonly type: string
  readonly from?: string
  readonly body: unknown
}

type IsMember = (userId: string) => boolean

export interface Encryption {
  /** Makes or joins the room's group if this device is not in it. Call it before the first event is handed over. */
  open(roomId: string): Promise<void>
  /**
   * Takes an event in its turn; events taken before are answered again from memory. The text of a message as it is said
   * or changed, `null` for one this device cannot read, `undefined` for everything that is no message.
   */
  take(roomId: string, event: RoomEvent, isMember: IsMember): Promise<string | null | undefined>
  /**
   * Seals a text for those who are in the room; devices of those who are not any more are put out first. Send the
   * result as the body under the same cmid; a change is sealed under the cmid of what it changes. Throws
   * {@link BehindError}.
   */
  seal(roomId: string, message: { cmid: string; text: string }, isMember: IsMember): Promise<string>
  /** The devices that can read the room, for people to compare. */
  fingerprints(roomId: string): Promise<readonly Fingerprint[]>
  /** Leaves and joins anew: for a device whose state no longer fits. */
  rejoin(roomId: string): Promise<void>
}

export function createEncryption(options: {
  readonly device: Device
  readonly store: SecretStore
  readonly server: GroupServer
}): Encryption {
  const { device, store, server } = options
  const memory = createMemory(store)
  return {
    open: roomId =>
      memory.alone(roomId, async () => {
        if ((await memory.load(roomId)) !== undefined) return
        await memory.save(roomId, { ...(await enterGroup(device, server, roomId)), keys: {} })
      }),
    take: (roomId, event, isMember) =>
      memory.alone(roomId, async () => {
        const kept = await memory.need(roomId)
        const said = saidBy(event)
        return said === undefined
          ? takeOther({ device, memory, roomId, kept }, event, isMember)
          : takeSaid({ device, memory, roomId, kept }, event, said)
      }),
    seal: (roomId, message, isMember) =>
      memory.alone(roomId, async () => {
        let kept = await memory.need(roomId)
        const gone = devicesOf(kept.group).filter(({ userId }) => !isMember(userId))
        if (gone.length > 0) {
          const leafIndexes = gone.map(({ leafIndex }) => leafIndex)
          kept = { ...kept, group: await putOut({ device, server, roomId }, kept.group, leafIndexes) }
          await memory.save(roomId, kept)
        }
        const plain = await writeEnvelope(device, { roomId, ...message })
        const made = await seal(device, kept.group, plain)
        const body = base64Of(made.sealed)
        await memory.save(roomId, { ...kept, group: made.group }, sealed(roomId, { body, text: message.text }))
        return body
      }),
    fingerprints: async roomId =>
      devicesOf((await memory.need(roomId)).group).map(({ userId, identity, publicKey }) => {
        return { userId, identity, publicKey }
      }),
    rejoin: roomId =>
      memory.alone(roomId, async () => {
        const { keys } = (await memory.load(roomId)) ?? { keys: {} }
        await memory.save(roomId, { ...(await enterGroup(device, server, roomId)), keys })
      }),
  }
}

function saidBy(event: RoomEvent): Said | undefined {
  if (event.type !== 'message' && event.type !== 'message-changed') return undefined
  const said = event.body as Said
  return event.type === 'message' ? { ...said, seq: event.seq, authorId: event.from ?? '' } : said
}

interface Taking {
  readonly device: Device
  readonly memory: Memory
  readonly roomId: string
  readonly kept: Kept
}

async function takeOther(
  { device, memory, roomId, kept }: Taking,
  event: RoomEvent,
  isMember: IsMember,
): Promise<undefined> {
  if (event.seq <= kept.seq) return undefined
  const group = event.type === 'group-changed' ? await takeCommit(device, kept.group, event, isMember) : kept.group
  await memory.save(roomId, { ...kept, group, seq: event.seq })
}

async function takeCommit(device: Device, group: Group, event: RoomEvent, isMember: IsMember): Promise<Group> {
  const { epoch, commit } = event.body as { epoch: number; commit: string | null }
  if (commit === null || epoch <= epochOf(group)) return group // this device's own
  if (epoch !== epochOf(group) + 1) throw new BehindError(`epoch ${epoch} follows ${epochOf(group)}`)
  return applyCommit(device, group, fromBase64(commit), { from: event.from ?? '', isMember })
}

async function takeSaid(
  { device, memory, roomId, kept }: Taking,
  event: RoomEvent,
  said: Said,
): Promise<string | null> {
  const isOld = event.seq <= kept.seq
  if (isOld || (await memory.isKnown(roomId, said))) {
    if (!isOld) await memory.save(roomId, { ...kept, seq: event.seq })
    return memory.textAt(roomId, said.seq)
  }
  const own = said.authorId === device.userId ? await memory.sentText(roomId, said.body) : undefined
  const { group, text } =
    own === undefined ? await readSaid(device, roomId, kept, said) : { group: kept.group, text: own }
  const entries: Entries = opened(roomId, said, text)
  await memory.save(roomId, { ...kept, group, seq: event.seq }, entries)
  return text
}

/** `null` for what was not sealed for this device, or not signed by one of its author's. */
async function readSaid(
  device: Device,
  roomId: string,
  kept: Kept,
  said: Said,
): Promise<{ group: Group; text: string | null }> {
  try {
    const { group, plain } = await unseal(device, kept.group, fromBase64(said.body))
    const publicKeyOf = (identity: string) => {
      const before = kept.keys[identity]
      const now = devicesOf(group).find(each => each.identity === identity)?.publicKey
      return now ?? (before === undefined ? undefined : fromBase64(before))
    }
    return {
      group,
      text: await readEnvelope(device, plain, { roomId, from: said.authorId, cmid: said.cmid, publicKeyOf }),
    }
  } catch {
    return { group: kept.group, text: null }
  }
}
