/** `sync`: a client reads the log itself to close a gap. */
import { type ClientFrameOf, commonProblem, realtimeLimits } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { answer, answerProblem, type Speaker } from './connection.ts'
import { firstEvents } from './outgoing.ts'
import { isPositionIn } from './streams.ts'
import { mayHear } from './subscription.ts'

const syncsMax = 4

/** Answers with a page of the log, or with `reset` when the position is invalid. */
export async function sync(speaker: Speaker, frame: ClientFrameOf<'sync'>): Promise<void> {
  const { connection, hub, subscriptions } = speaker.session
  const { rid, stream, after, limit = realtimeLimits.pageMax } = frame
  const subscription = subscriptions.get(stream)
  if (subscription === undefined || !mayHear(subscription) || !('channel' in subscription.phase)) {
    return answerProblem(connection, rid, commonProblem('not-found'))
  }
  const { channel } = subscription.phase
  if (speaker.syncs >= syncsMax || hub.isMuted) {
    return answerProblem(connection, rid, commonProblem('rate-limited', { retryAfterMs: 500 }))
  }
  if (!isPositionIn(channel.epoch, { epoch: frame.epoch, seq: after }) || after > channel.head) {
    const { epoch, head: seq } = channel
    return answer(connection, { t: 'reset', stream, epoch, seq, reason: 'epoch', rid })
  }
  speaker.syncs++
  try {
    const { epoch } = channel
    const found = await channel.read(after, limit)
    // Rights, or the log, may have changed during the read.
    if (!mayHear(subscription) || hub.isMuted) {
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
    speaker.syncs--
  }
}
