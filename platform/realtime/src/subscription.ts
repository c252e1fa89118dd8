/**
 * The subscription of one connection to one stream, as a state machine. A durable subscription:
 *
 * ```
 * entering ─► joining ─► behind ◄─► live
 *                ▲          │        │
 *                └──────────┴────────┘  rights may have changed
 * any state ─► ended
 * ```
 *
 * - `entering`: waits for the stream's channel to open. It is in no channel yet.
 * - `joining`: is in the channel and receives nothing, while `join` checks the user's rights. The order matters: it
 *   enters the channel before the check, so that it cannot miss a change of rights in between.
 * - `behind`: is admitted and reads the log, because it resumes or because its reader was slow.
 * - `live`: has everything up to the channel's head, and receives each event as it arrives.
 * - `ended`: is in no channel; this state is final.
 *
 * Only one piece of code at a time moves it out of a state. Code that waited compares the phase object from before the
 * wait with the current one, and stops when they differ. An ephemeral subscription has no log and is never `behind`.
 */
import type { LogEvent } from '@octet/contracts'
import type { Packet } from './outgoing.ts'
import type { StreamRef } from './streams.ts'

/** One connection, as the streams see it. */
export interface Outlet {
  readonly userId: string
  /** Sends a packet. While the reader is slow, returns false and sends nothing; it wakes the subscription later. */
  write(packet: Packet, subscription: DurableSubscription): boolean
  /** Sends a packet, or drops it while the reader is slow. */
  writeLossy(packet: Packet): void
  /** Asks `join` again for a subscription that is `joining`; admits it or ends it. Never rejects. */
  rejoin(subscription: Subscription): Promise<void>
}

interface Joining {
  readonly state: 'joining'
  /** Rights may have changed during the call to `join`: ask again. */
  mustAskAgain: boolean
  /** It was admitted before, and its module knows that it listens. */
  wasAdmitted: boolean
}

interface JoiningChannel extends Joining {
  readonly channel: Channel
  /** The last event sent to it. `undefined`: its position is invalid, and it starts from the end of the log. */
  seq: number | undefined
}

export interface Behind {
  readonly state: 'behind'
  readonly channel: Channel
  /** Same as in `joining`. */
  seq: number | undefined
  isReading: boolean
}

interface Live {
  readonly state: 'live'
  readonly channel: Channel
  /** The last event sent to it. */
  seq: number
}

interface Ended {
  readonly state: 'ended'
}

export type DurablePhase = { readonly state: 'entering' } | JoiningChannel | Behind | Live | Ended
export type EphemeralPhase = Joining | { readonly state: 'live' } | Ended

interface Interest {
  readonly outlet: Outlet
  readonly ref: StreamRef
}

export interface DurableSubscription extends Interest {
  readonly durability: 'durable'
  phase: DurablePhase
}

export interface EphemeralSubscription extends Interest {
  readonly durability: 'ephemeral'
  phase: EphemeralPhase
}

export type Subscription = DurableSubscription | EphemeralSubscription

/** One durable stream in this process; `channel.ts` creates it. */
export interface Channel {
  readonly ref: StreamRef
  readonly epoch: string
  /** The last event known here. */
  readonly head: number
  readonly subscriptions: ReadonlySet<DurableSubscription>
  add(subscription: DurableSubscription): void
  remove(subscription: DurableSubscription): void
  /** Takes a committed event; events may arrive in any order. */
  offer(epoch: string, event: LogEvent): void
  /**
   * Takes a report of the log's head. `since` is the head of this channel before the database was queried: a report
   * behind it means that the log was replaced.
   */
  learnHead(head: { readonly epoch: string; readonly seq: number }, since?: number): void
  /** Brings a subscription that is `behind` up to date and makes it `live`. Rejects when the log cannot be read. */
  catchUp(subscription: DurableSubscription): Promise<void>
  /** Events after `after`; readers at one position share one read. `undefined`: they are no longer in the log. */
  read(after: number, limit: number): Promise<readonly LogEvent[] | undefined>
  /** Waits until the log has been read to its known end, or could not be read. */
  settle(): Promise<void>
  /** Asks `join` again for the user's subscriptions, or for all. */
  recheck(userId?: string): void
  close(): void
}

/** Whether its module knows that it listens. */
export function isAdmitted({ phase }: Subscription): boolean {
  switch (phase.state) {
    case 'entering':
    case 'ended':
      return false
    case 'joining':
      return phase.wasAdmitted
    case 'behind':
    case 'live':
      return true
    default:
      return phase satisfies never
  }
}

/** Whether it may receive events now. */
export function mayHear({ phase }: Subscription): boolean {
  return phase.state === 'live' || phase.state === 'behind'
}

/** Whether it has ended. This is a function, because the compiler would reuse an earlier answer. */
export function hasEnded({ phase }: Subscription): boolean {
  return phase.state === 'ended'
}

/** Rights may have changed: the subscription receives nothing until `join` admits it again. */
export function suspend(subscription: Subscription): void {
  const { phase } = subscription
  switch (phase.state) {
    case 'entering': // `join` has not been asked yet
    case 'ended':
      return
    case 'joining':
      phase.mustAskAgain = true
      return
    case 'behind':
    case 'live': {
      const joining: Joining = { state: 'joining', mustAskAgain: true, wasAdmitted: true }
      if (subscription.durability === 'ephemeral') subscription.phase = joining
      else if ('channel' in phase) {
        subscription.phase = { ...joining, channel: phase.channel, seq: phase.seq }
      }
      void subscription.outlet.rejoin(subscription)
      return
    }
    default:
      phase satisfies never
  }
}
