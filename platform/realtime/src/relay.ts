/** `relay`: messages between subscribers that are not stored, such as typing notices. */
import { type ClientFrameOf, commonProblem, type StreamSpec } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { Compile, type Validator } from 'typebox/compile'
import { takeToken } from './bucket.ts'
import { answer, answerProblem, type Session, type Speaker } from './connection.ts'
import type { Notice } from './hub.ts'
import { mayHear, type Subscription } from './subscription.ts'

const relaysRate = { burst: 10, perSecond: 2 }
const relaysWaitingMax = 10
const crowdedMs = 1_000
const validators = new WeakMap<StreamSpec, Map<string, Validator>>()

/** Sends the message to the other subscribers. Refuses one that violates the contract or exceeds the rate limit. */
export function relay(speaker: Speaker, frame: ClientFrameOf<'relay'>, scale: number): void {
  const { session } = speaker
  const { connection } = session
  const { stream, type, body } = frame
  const subscription = session.subscriptions.get(stream)
  if (subscription === undefined || !mayHear(subscription)) {
    answerProblem(connection, 'relay', commonProblem('not-found'))
    return
  }
  const validator = validatorOf(subscription.ref.spec, type)
  if (validator === undefined || !validator.Check(body)) {
    answerProblem(connection, 'relay', commonProblem('validation-failed', { detail: `relay "${type}"` }))
    return
  }
  const rate = { burst: relaysRate.burst * scale, perSecond: relaysRate.perSecond * scale }
  const retryMs = takeToken(speaker.relays, rate, performance.now())
  const isCrowded = speaker.relaysWaiting >= relaysWaitingMax
  if (retryMs > 0 || isCrowded) {
    answer(connection, { t: 'err', ref: 'relay', code: 'rate-limited', retryMs: isCrowded ? crowdedMs : retryMs })
    return
  }
  speaker.relaysWaiting++
  // In order: the end of typing must not overtake its beginning.
  speaker.relayed = speaker.relayed
    .then(() => pass(session, subscription, { type, body, from: session.userId }))
    .catch(error => answerProblem(connection, 'relay', asProblem(error)))
    .finally(() => speaker.relaysWaiting--)
}

/** Asks the module who may receive the relay, and sends it to them. */
async function pass(session: Session, subscription: Subscription, notice: Notice): Promise<void> {
  const { ref } = subscription
  const reach = await ref.module.reachOf?.(session.principal, ref.kind, ref.key)
  // The speaker may have left or been removed in the meantime.
  if (reach === 'nobody' || !mayHear(subscription)) return
  session.hub.notify(ref, reach === undefined ? notice : { ...notice, except: reach.except }, subscription)
}

function validatorOf(spec: StreamSpec, type: string): Validator | undefined {
  let known = validators.get(spec)
  if (known === undefined) {
    known = new Map(Object.entries(spec.relays ?? {}).map(([name, schema]) => [name, Compile(schema) as Validator]))
    validators.set(spec, known)
  }
  return known.get(type)
}
