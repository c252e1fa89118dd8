/**
 * Encrypted rooms for one device: joins their groups, reads messages in the order of the room, and seals new ones.
 * Every step is stored before its result is returned, so that a crash at any point uses no key twice and loses no text.
 */
import { base64Of, fromBase64 } from './bytes.ts'
import type { Device } from './device.ts'
import { readEnvelope, writeEnvelope } from './envelope.ts'
import { applyCommit, devicesOf, epochOf, type Fingerprint, type Group, seal, unseal } from './group.ts'
import { BehindError, enterGroup, type GroupServer, putOut } from './group-server.ts'
import { createMemory, type Entries, type Kept, type Memory, opened, recovered, type Said, sealed } from './memory.ts'
import type { SecretStore } from './store.ts'

/** An event of the room's stream. */
export interface RoomEvent {
  readonly seq: number
  readonly type: string
  readonly from?: string
  readonly body: unknown
}

export interface Encryption {
  /**
   * Creates or joins the room's group if this device is not a member; then it asks `membersOf` for the room's members.
   * Returns the position up to which events were taken: continue after it.
   */
  open(roomId: string, membersOf: () => Promise<readonly string[]>): Promise<number>
  /**
   * Takes the next event; events taken before are answered from memory. Returns the text of a new or edited message,
   * `null` for an unreadable one, and `undefined` for all other events. Throws {@link BehindError}, or the error of a
   * bad commit: then call {@link Encryption.rejoin}.
   */
  take(roomId: string, event: RoomEvent): Promise<string | null | undefined>
  /** The text of a message that was taken before; `null` when this device does not know it. */
  textAt(roomId: string, seq: number): Promise<string | null>
  /** The text that this device sealed into exactly this body; `undefined` once it has come back over the stream. */
  sentText(roomId: string, body: string): Promise<string | undefined>
  /** Stores recovered texts. */
  learn(roomId: string, texts: ReadonlyMap<number, string>): Promise<void>
  /**
   * Seals a text for the members of the room; devices of former members are removed first. Send the result as the body
   * under the same cmid; an edit is sealed under the cmid of its message. Throws {@link BehindError}.
   */
  seal(roomId: string, message: { cmid: string; text: string }): Promise<string>
  /** The devices that can read the room, for people to compare. */
  fingerprints(roomId: string): Promise<readonly Fingerprint[]>
  /** Leaves and joins again, for a device whose state no longer fits; like {@link Encryption.open}. */
  rejoin(roomId: string, membersOf: () => Promise<readonly string[]>): Promise<number>
}

export function createEncryption(options: {
  readonly device: Device
  readonly store: SecretStore
  readonly server: GroupServer
}): Encryption {
  const { device, store, server } = options
  const memory = createMemory(store)
  const enter = async (roomId: string, membersOf: () => Promise<readonly string[]>, keys: Kept['keys']) => {
    const { group, seq } = await enterGroup(device, server, roomId)
    await memory.save(roomId, { group, seq, members: await membersOf(), keys })
    return seq
  }
  return {
    open: (roomId, membersOf) =>
      memory.alone(roomId, async () => (await memory.load(roomId))?.seq ?? enter(roomId, membersOf, {})),
    take: (roomId, event) =>
      memory.alone(roomId, async () => {
        const taking = { device, memory, roomId, kept: await memory.need(roomId) }
        const said = saidBy(event)
        return said === undefined ? takeOther(taking, event) : takeSaid(taking, event, said)
      }),
    textAt: (roomId, seq) => memory.textAt(roomId, seq),
    sentText: (roomId, body) => memory.sentText(roomId, body),
    learn: (roomId, texts) => memory.learn(recovered(roomId, texts)),
    seal: (roomId, message) =>
      memory.alone(roomId, async () => {
        let kept = await memory.need(roomId)
        const gone = devicesOf(kept.group).filter(({ userId }) => !kept.members.includes(userId))
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
    rejoin: (roomId, membersOf) =>
      memory.alone(roomId, async () => enter(roomId, membersOf, (await memory.load(roomId))?.keys ?? {})),
  }
}

function saidBy(event: RoomEvent): Said | undefined {
  if (event.type !== 'message' && event.type !== 'message-changed') return undefined
  const said = event.body as Said
  return event.type === 'message' ? { ...said, seq: event.seq, authorId: event.from ?? '' } : said
}

interface TakingStep {
  readonly device: Device
  readonly memory: Memory
  readonly roomId: string
  readonly kept: Kept
}

async function takeOther({ device, memory, roomId, kept }: TakingStep, event: RoomEvent): Promise<undefined> {
  if (event.seq <= kept.seq) return undefined
  const group = event.type === 'group-changed' ? await takeCommit(device, kept, event) : kept.group
  await memory.save(roomId, { ...kept, group, seq: event.seq, members: membersAfter(kept.members, event) })
}

/** The members of the room after an event of its log: a commit is judged by the members at its position, not today. */
function membersAfter(members: readonly string[], { type, body }: RoomEvent): readonly string[] {
  const { userId } = body as { userId?: string }
  if (userId === undefined || (type !== 'member-joined' && type !== 'member-left')) return members
  const others = members.filter(id => id !== userId)
  return type === 'member-joined' ? [...others, userId] : others
}

async function takeCommit(device: Device, { group, members }: Kept, event: RoomEvent): Promise<Group> {
  const { epoch, commit } = event.body as { epoch: number; commit: string | null }
  if (commit === null || epoch <= epochOf(group)) return group // this device's own
  if (epoch !== epochOf(group) + 1) throw new BehindError(`epoch ${epoch} follows ${epochOf(group)}`)
  const isMember = (userId: string) => members.includes(userId)
  return applyCommit(device, group, fromBase64(commit), { from: event.from ?? '', isMember })
}

async function takeSaid(
  { device, memory, roomId, kept }: TakingStep,
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

/** `null` for a message that was not sealed for this device, or not signed by a device of its author. */
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
