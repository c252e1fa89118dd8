/** From `sub` to live, and out again: who may listen, and where the listening goes on. */

import { commonProblem, Problem, realtimeLimits, type StreamPosition } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import type { Channel } from './channel.ts'
import { answer, answerProblem, type Connection, type Entry, type User } from './connection.ts'
import { isPositionIn, type StreamRef } from './streams.ts'

/** Runs at most so many `join`s at once: a storm of reconnects waits here, not in the database. */
const joinsMax = 64
const rejoinAgainMs = 1_000
const rejoinsMax = 30

let joins = 0
const waiting: (() => void)[] = []

async function admitted<T>(work: () => Promise<T>): Promise<T> {
  while (joins >= joinsMax) await new Promise<void>(resolve => waiting.push(resolve))
  joins++
  try {
    return await work()
  } finally {
    joins--
    waiting.shift()?.()
  }
}

/** Subscribes to each stream; each is answered by `subscribed`, `reset` or `err`. */
export function subscribeAll(
  connection: Connection,
  streams: Readonly<Record<string, StreamPosition | null>>,
): Promise<unknown> {
  return Promise.all(Object.entries(streams).map(([stream, position]) => subscribe(connection, stream, position)))
}

async function subscribe(connection: Connection, stream: string, position: StreamPosition | null): Promise<void> {
  const ref = connection.hub.refOf(stream)
  if (ref === undefined) return answerProblem(connection, stream, commonProblem('not-found'))
  const { principal } = connection
  if (principal === undefined) return
  if (!hasScope(principal, ref)) return answerProblem(connection, stream, commonProblem('forbidden'))
  unsubscribe(connection, stream)
  if (connection.entries.size >= realtimeLimits.streamsMax) {
    const detail = `At most ${realtimeLimits.streamsMax} streams a connection.`
    return answerProblem(connection, stream, commonProblem('forbidden', { detail }))
  }
  const entry: Entry = {
    outlet: connection,
    connection,
    ref,
    channel: undefined,
    state: 'joining',
    seq: -1,
    mustRejoin: true,
    isReading: false,
    isEntered: false,
  }
  connection.entries.set(stream, entry)
  try {
    await enter(entry)
    // Entered first, asked second: a change of rights in between is seen by one of the two.
    await askToJoin(entry)
    if ((entry.state as string) === 'ended') return
    entry.isEntered = true
    ref.module.entered?.(ref.kind, ref.key, connection.userId)
    await begin(entry, position)
  } catch (error) {
    if ((entry.state as string) === 'ended') return
    drop(entry)
    answerProblem(connection, stream, asProblem(error))
  }
}

async function enter(entry: Entry): Promise<void> {
  const { hub } = entry.connection
  if (entry.ref.spec.durability === 'ephemeral') return hub.enterEphemeral(entry.ref, entry)
  const channel = await hub.enter(entry.ref, entry)
  entry.channel = channel
  // Unsubscribed, or the socket closed, meanwhile.
  if (entry.state === 'ended') hub.leave(channel, entry)
}

async function askToJoin(entry: Entry): Promise<void> {
  while (entry.mustRejoin && entry.state === 'joining') {
    entry.mustRejoin = false
    await admitted(async () => {
      const { connection, ref } = entry
      // Whoever subscribes again and again must not fill the line with questions nobody needs answered.
      if (entry.state !== 'joining') return
      const { principal } = connection
      if (principal === undefined) throw commonProblem('unauthenticated')
      if (!hasScope(principal, ref)) throw commonProblem('forbidden')
      await ref.module.join(principal, ref.kind, ref.key)
    })
  }
}

function hasScope({ scopes }: User, { spec }: StreamRef): boolean {
  return scopes === '*' || scopes.includes(spec.scope)
}

async function begin(entry: Entry, position: StreamPosition | null): Promise<void> {
  const { connection, ref, channel } = entry
  if (channel === undefined) {
    entry.state = 'live'
    return answer(connection, { t: 'subscribed', stream: ref.name, epoch: '', seq: 0, head: 0, ephemeral: true })
  }
  if (position !== null) await reach(entry, channel, position)
  if ((entry.state as string) === 'ended') return
  const verdict = judge(channel, position)
  const { epoch, head } = channel
  if (verdict !== 'resume') {
    if (verdict !== 'fresh') connection.measures.reset.add()
    entry.seq = head
    entry.state = 'live'
    if (verdict === 'fresh') answer(connection, { t: 'subscribed', stream: ref.name, epoch, seq: head, head })
    else answer(connection, { t: 'reset', stream: ref.name, epoch, seq: head, reason: verdict })
    return
  }
  const { seq } = position as StreamPosition
  connection.measures.resumed.add()
  entry.seq = seq
  entry.state = 'behind'
  answer(connection, { t: 'subscribed', stream: ref.name, epoch, seq, head })
  await channel.catchUp(entry)
}

/** Another process may have written what this one has not read yet; that is no reason to begin anew. */
async function reach({ ref }: Entry, channel: Channel, { epoch, seq }: StreamPosition): Promise<void> {
  if (epoch !== channel.epoch || seq <= channel.head) return
  const [now] = await ref.module.heads([ref.name])
  if (now === undefined || now.epoch !== epoch || now.seq < seq) return
  channel.see(now)
  await channel.settle()
  if (channel.head < seq) throw commonProblem('unavailable', { retryAfterMs: 500 })
}

function judge(
  { epoch, head }: Channel,
  position: StreamPosition | null,
): 'fresh' | 'resume' | 'epoch' | 'too-far-behind' {
  if (position === null) return 'fresh'
  if (!isPositionIn(epoch, position) || position.seq > head) return 'epoch'
  return head - position.seq > realtimeLimits.replayMax ? 'too-far-behind' : 'resume'
}

/** Ends the subscription quietly; the client asked for it, or is gone. */
export function unsubscribe(connection: Connection, stream: string): void {
  const entry = connection.entries.get(stream)
  if (entry !== undefined) drop(entry)
}

/** Takes the entry out of everything it is in. */
export function drop(entry: Entry): void {
  const { connection, ref, channel } = entry
  entry.state = 'ended'
  if (entry.isEntered) {
    entry.isEntered = false
    ref.module.left?.(ref.kind, ref.key, connection.userId)
  }
  if (connection.entries.get(ref.name) === entry) connection.entries.delete(ref.name)
  connection.lagging?.delete(entry)
  if (channel !== undefined) connection.hub.leave(channel, entry)
  else if (ref.spec.durability === 'ephemeral') connection.hub.leaveEphemeral(ref, entry)
}

/** The user's rights have changed: asks about every stream of the connection again. */
export function recheckAll(connection: Connection): void {
  for (const entry of connection.entries.values()) {
    if (entry.channel !== undefined) entry.channel.recheck(connection.userId)
    else {
      entry.mustRejoin = true
      if (entry.state === 'joining') continue
      entry.state = 'joining'
      void rejoin(entry).catch(() => undefined)
    }
  }
}

/**
 * Asks `join` again. Refused, the subscription ends; while nobody can tell, it stays held and is asked again.
 */
export async function rejoin(entry: Entry): Promise<void> {
  for (let attempt = 1; entry.state === 'joining'; attempt++) {
    try {
      await askToJoin(entry)
      if ((entry.state as string) === 'joining') entry.state = entry.channel === undefined ? 'live' : 'behind'
      return
    } catch (error) {
      const problem = error instanceof Problem ? error : asProblem(error)
      const isRefused = problem.status < 500 && problem.status !== 429
      if ((entry.state as string) === 'ended') return
      if (isRefused || attempt >= rejoinsMax) return end(entry, problem.code)
      entry.mustRejoin = true
      await new Promise(resolve => setTimeout(resolve, rejoinAgainMs))
    }
  }
}

function end(entry: Entry, code: string): void {
  drop(entry)
  answer(entry.connection, { t: 'unsubscribed', stream: entry.ref.name, code })
}
