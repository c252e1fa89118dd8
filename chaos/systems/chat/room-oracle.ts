/** O1, O2 and O4 for rooms: what was said is there once, and everybody saw the same, in one order, without a gap. */
import { firstOf, groupBy } from '../../oracles/oracle.ts'

export interface RoomEvent {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly cmid?: string
}

/** What was loaded includes everything up to `loadedSeq`. Then every event, as it came. */
export interface Span {
  readonly loadedSeq: number
  readonly applied: readonly RoomEvent[]
}

/** What one client was handed of one room. */
export interface Reader {
  readonly client: string
  readonly room: string
  /** Each time it loaded the room. */
  readonly spans: readonly Span[]
  /** What it made of it: of each message what there is to see. */
  readonly shown: ReadonlyMap<string, string>
}

export interface Said {
  /** The device, or whatever else keeps an order. */
  readonly client: string
  readonly room: string
  readonly cmid: string
  /** Rises with each of this client. */
  readonly turn: number
  /** `open`: there never was an answer. */
  state: 'open' | 'sent' | 'refused'
}

export interface RoomEvidence {
  readonly said: readonly Said[]
  readonly readers: readonly Reader[]
  /** The log of each room, as the database has it. */
  readonly logs: ReadonlyMap<string, readonly RoomEvent[]>
  /** A snapshot of each room, loaded when all was over. */
  readonly snapshots: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** Sentences about what is wrong, by kind. */
export interface RoomFindings {
  readonly lost: readonly string[]
  readonly unheard: readonly string[]
  readonly duplicated: readonly string[]
  readonly outOfTurn: readonly string[]
  readonly outOfOrder: readonly string[]
  readonly different: readonly string[]
}

/** All of them empty: nothing is wrong. */
export function judgeRooms(evidence: RoomEvidence): RoomFindings {
  return {
    lost: firstOf(lost(evidence)),
    unheard: firstOf(unheard(evidence)),
    duplicated: firstOf(saidTwice(evidence)),
    outOfTurn: firstOf(outOfTurn(evidence)),
    outOfOrder: firstOf([...holes(evidence), ...outOfOrder(evidence)]),
    different: firstOf(shownOtherwise(evidence)),
  }
}

function lost({ said, logs }: RoomEvidence): string[] {
  const present = new Set([...logs.values()].flat().map(({ cmid }) => cmid))
  return said.flatMap(({ state, cmid, client }) => {
    if (state === 'sent' && !present.has(cmid)) return [`${cmid} of ${client} was acknowledged and is gone`]
    if (state === 'refused' && present.has(cmid)) return [`${cmid} of ${client} was refused and is there`]
    return state === 'open' ? [`${cmid} of ${client} was never answered`] : []
  })
}

function unheard({ readers, logs }: RoomEvidence): string[] {
  return readers.flatMap(reader => {
    const { client, room } = reader
    const [last, head] = [lastHeard(reader), logs.get(room)?.at(-1)?.seq ?? 0]
    return last < head ? [`${client} heard nothing of ${room} after ${last}; it goes to ${head}`] : []
  })
}

/** The `seq` up to which a reader has everything. */
export function lastHeard({ spans }: Reader): number {
  const span = spans.at(-1)
  return span?.applied.at(-1)?.seq ?? span?.loadedSeq ?? 0
}

function saidTwice({ said, logs }: RoomEvidence): string[] {
  const ours = new Set(said.map(({ cmid }) => cmid))
  const messages = [...logs.values()].flat().filter(({ cmid }) => ours.has(cmid ?? ''))
  const twice = [...groupBy(messages, ({ cmid }) => cmid)].filter(([, events]) => events.length > 1)
  return twice.map(([cmid, events]) => `${cmid} was said ${events.length} times`)
}

/** Every device's messages are in the log in the order it sent them. What is there twice counts where it came first. */
function outOfTurn({ said, logs }: RoomEvidence): string[] {
  const places = new Map(
    [...logs.values()]
      .flat()
      .toReversed()
      .map(({ cmid, seq }) => [cmid, seq]),
  )
  return [...groupBy(said, ({ client, room }) => `${client} in ${room}`)].flatMap(([who, sends]) => {
    const seqs = [...sends].sort((a, b) => a.turn - b.turn).flatMap(({ cmid }) => places.get(cmid) ?? [])
    const at = seqs.findIndex((seq, index) => index > 0 && seq <= (seqs[index - 1] ?? 0))
    return at === -1 ? [] : [`what ${who} said came out of turn: ${seqs[at - 1]} before ${seqs[at]}`]
  })
}

function holes({ logs }: RoomEvidence): string[] {
  return [...logs].flatMap(([room, log]) => {
    const at = log.findIndex(({ seq }, index) => seq !== index + 1)
    return at === -1 ? [] : [`the log of ${room} goes from ${at} to ${log[at]?.seq}`]
  })
}

/** Contiguous from what was loaded, and event for event what the log says. */
function outOfOrder({ readers, logs }: RoomEvidence): string[] {
  return readers.flatMap(({ client, room, spans }) => {
    const log = new Map(logs.get(room)?.map(({ seq, id }) => [seq, id]))
    return spans.flatMap(({ loadedSeq, applied }) => {
      let last = loadedSeq
      for (const { seq, id } of applied) {
        if (seq !== last + 1) return [`${client} was handed ${seq} of ${room} after ${last}`]
        if (log.get(seq) !== id) return [`${client} was handed another ${seq} of ${room} than is in the log`]
        last = seq
      }
      return []
    })
  })
}

function shownOtherwise({ readers, snapshots }: RoomEvidence): string[] {
  return readers.flatMap(({ client, room, shown }) => {
    const fresh = snapshots.get(room) ?? new Map<string, string>()
    const differing = [...new Set([...fresh.keys(), ...shown.keys()])].filter(id => fresh.get(id) !== shown.get(id))
    return differing.length === 0
      ? []
      : [`${client} shows ${differing.length} messages of ${room} otherwise than they are`]
  })
}
