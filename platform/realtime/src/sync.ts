/** `sync`: a client reads the log itself, to close a gap it noticed. */
import { type ClientFrameOf, commonProblem, realtimeLimits } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { answer, answerProblem, type Connection, type Entry } from './connection.ts'
import { firstEvents } from './outgoing.ts'
import { isPositionIn } from './streams.ts'

const syncsMax = 4

/** Answers with a page of the log, or `reset` when the position is worthless. */
export async function sync(connection: Connection, frame: ClientFrameOf<'sync'>): Promise<void> {
  const { rid, stream, after, limit = realtimeLimits.pageMax } = frame
  const entry = connection.entries.get(stream)
  const channel = entry?.channel
  if (entry === undefined || channel === undefined || !isAdmitted(entry)) {
    return answerProblem(connection, rid, commonProblem('not-found'))
  }
  if (connection.syncs >= syncsMax || connection.hub.isMuted) {
    return answerProblem(connection, rid, commonProblem('rate-limited', { retryAfterMs: 500 }))
  }
  if (!isPositionIn(channel.epoch, { epoch: frame.epoch, seq: after }) || after > channel.head) {
    const { epoch, head: seq } = channel
    return answer(connection, { t: 'reset', stream, epoch, seq, reason: 'epoch', rid })
  }
  connection.syncs++
  try {
    const { epoch } = channel
    const found = await channel.read(after, limit)
    // Rights may have changed, or the log, while it was read.
    if (!isAdmitted(entry) || connection.hub.isMuted) {
      return answerProblem(connection, rid, commonProblem('unavailable', { retryAfterMs: 500 }))
    }
    const { head: seq } = channel
    if (found === undefined || channel.epoch !== epoch) {
      return answer(connection, { t: 'reset', stream, epoch: channel.epoch, seq, reason: 'trimmed', rid })
    }
    const list = firstEvents(found)
    answer(connection, { t: 'events', stream, epoch, list, rid, more: (list.at(-1)?.seq ?? after) < seq })
  } catch (error) {
    answerProblem(connection, rid, asProblem(error))
  } finally {
    connection.syncs--
  }
}

function isAdmitted({ state }: Entry): boolean {
  return state === 'live' || state === 'behind'
}
