/** O1, O2 and O4 for rooms: every message exists once, and all clients receive one order without a gap. */
import { firstOf, groupBy } from '../../oracles/oracle.ts'

export interface RoomEvent {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly cmid?: string
}

/** A load includes everything up to `loadedSeq`; `applied` are the events after it, as they arrived. */
export interface Span {
  readonly loadedSeq: number
  readonly applied: readonly RoomEvent[]
}

/** What one client received of one room. */
export interface Reader {
  readonly client: string
  readonly room: string
  /** One for each time the client loaded the room. */
  readonly spans: readonly Span[]
  /** The visible text of each message, as the client shows it. */
  readonly shown: ReadonlyMap<string, string>
}

export interface Said {
  /** The device, or another source whose sends are ordered. */
  readonly client: string
  readonly room: string
  readonly cmid: string
  /** Rises with each send of this client. */
  readonly turn: number
  /** `open`: no answer arrived. */
  state: 'open' | 'sent' | 'refused'
}

export interface RoomEvidence {
  readonly said: readonly Said[]
  readonly readers: readonly Reader[]
  /** The log of each room, from the database. */
  readonly logs: ReadonlyMap<string, readonly RoomEvent[]>
  /** A snapshot of each room, loaded at the end. */
  readonly snapshots: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** One sentence for each violation, by kind. */
export interface RoomFindings {
  readonly lost: readonly string[]
  readonly unheard: readonly string[]
  readonly duplicated: readonly string[]
  readonly outOfTurn: readonly string[]
  readonly outOfOrder: readonly string[]
  readonly different: readonly string[]
}

/** Judges all rooms; all lists are empty when nothing is wrong. */
export function judgeRooms(evidence: RoomEvidence): RoomFindings {
  return {
    lost: firstOf(lost(evidence)),
    unheard: firstOf(unheard(evidence)),
    duplicated: firstOf(storedTwice(evidence)),
    outOfTurn: firstOf(outOfTurn(evidence)),
    outOfOrder: firstOf([...holes(evidence), ...outOfOrder(evidence)]),
    different: firstOf(shownDifferently(evidence)),
  }
}

function lost({ said, logs }: RoomEvidence): string[] {
  const present = new Set([...logs.values()].flat().map(({ cmid }) => cmid))
  return said.flatMap(({ state, cmid, client }) => {
    if (state === 'sent' && !present.has(cmid)) return [`${cmid} of ${client} was acknowledged and does not exist`]
    if (state === 'refused' && present.has(cmid)) return [`${cmid} of ${client} was refused and exists`]
    return state === 'open' ? [`${cmid} of ${client} was never answered`] : []
  })
}

function unheard({ readers, logs }: RoomEvidence): string[] {
  return readers.flatMap(reader => {
    const { client, room } = reader
    const [last, head] = [lastHeard(reader), logs.get(room)?.at(-1)?.seq ?? 0]
    return last < head ? [`${client} received nothing of ${room} after ${last}; its log ends at ${head}`] : []
  })
}

/** The `seq` up to which a reader received everything. */
export function lastHeard({ spans }: Reader): number {
  const span = spans.at(-1)
  return span?.applied.at(-1)?.seq ?? span?.loadedSeq ?? 0
}

function storedTwice({ said, logs }: RoomEvidence): string[] {
  const ours = new Set(said.map(({ cmid }) => cmid))
  const messages = [...logs.values()].flat().filter(({ cmid }) => ours.has(cmid ?? ''))
  const twice = [...groupBy(messages, ({ cmid }) => cmid)].filter(([, events]) => events.length > 1)
  return twice.map(([cmid, events]) => `${cmid} is stored ${events.length} times`)
}

/** The messages of a device are in the log in the order of sending. A duplicate counts at its first position. */
function outOfTurn({ said, logs }: RoomEvidence): string[] {
  const places = new Map(
    [...logs.values()]
      .flat()
      .toReversed()
      .map(({ cmid, seq }) => [cmid, seq]),
  )
  return [...groupBy(said, ({ client, room }) => `${client} in ${room}`)].flatMap(([device, sends]) => {
    const seqs = [...sends].sort((a, b) => a.turn - b.turn).flatMap(({ cmid }) => places.get(cmid) ?? [])
    const at = seqs.findIndex((seq, index) => index > 0 && seq <= (seqs[index - 1] ?? 0))
    return at === -1 ? [] : [`messages of ${device} are out of order: ${seqs[at - 1]} before ${seqs[at]}`]
  })
}

function holes({ logs }: RoomEvidence): string[] {
  return [...logs].flatMap(([room, log]) => {
    const at = log.findIndex(({ seq }, index) => seq !== index + 1)
    return at === -1 ? [] : [`the log of ${room} jumps from ${at} to ${log[at]?.seq}`]
  })
}

/** Events follow the loaded `seq` without a gap and equal the events of the log. */
function outOfOrder({ readers, logs }: RoomEvidence): string[] {
  return readers.flatMap(({ client, room, spans }) => {
    const log = new Map(logs.get(room)?.map(({ seq, id }) => [seq, id]))
    return spans.flatMap(({ loadedSeq, applied }) => {
      let last = loadedSeq
      for (const { seq, id } of applied) {
        if (seq !== last + 1) return [`${client} received ${seq} of ${room} after ${last}`]
        if (log.get(seq) !== id) return [`${client} received a different ${seq} of ${room} than the log has`]
        last = seq
      }
      return []
    })
  })
}

function shownDifferently({ readers, snapshots }: RoomEvidence): string[] {
  return readers.flatMap(({ client, room, shown }) => {
    const fresh = snapshots.get(room) ?? new Map<string, string>()
    const differing = [...new Set([...fresh.keys(), ...shown.keys()])].filter(id => fresh.get(id) !== shown.get(id))
    return differing.length === 0
      ? []
      : [`${client} shows ${differing.length} messages of ${room} differently than a fresh load`]
  })
}
