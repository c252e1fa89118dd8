/** `relay`: what subscribers tell one another without it being kept, such as that somebody is typing. */
import { type ClientFrameOf, commonProblem, type StreamSpec } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { Compile, type Validator } from 'typebox/compile'
import { takeToken } from './bucket.ts'
import { answer, answerProblem, type Connection, type Entry } from './connection.ts'
import type { News } from './hub.ts'

const relaysRate = { burst: 10, perSecond: 2 }
const relaysWaitingMax = 10
const crowdedMs = 1_000
const validators = new WeakMap<StreamSpec, Map<string, Validator>>()

/** Tells the other subscribers; refused when it is not as the contract says, or too often. Nothing is kept. */
export function relay(connection: Connection, frame: ClientFrameOf<'relay'>, scale: number): void {
  const { stream, type, body } = frame
  const entry = connection.entries.get(stream)
  if (entry === undefined || entry.state === 'joining') {
    answerProblem(connection, 'relay', commonProblem('not-found'))
    return
  }
  const validator = validatorOf(entry.ref.spec, type)
  if (validator === undefined || !validator.Check(body)) {
    answerProblem(connection, 'relay', commonProblem('validation-failed', { detail: `relay "${type}"` }))
    return
  }
  const rate = { burst: relaysRate.burst * scale, perSecond: relaysRate.perSecond * scale }
  const retryMs = takeToken(connection.relays, rate, performance.now())
  const isCrowded = connection.relaysWaiting >= relaysWaitingMax
  if (retryMs > 0 || isCrowded) {
    answer(connection, { t: 'err', ref: 'relay', code: 'rate-limited', retryMs: isCrowded ? crowdedMs : retryMs })
    return
  }
  connection.relaysWaiting++
  // In turn: an end of typing must not overtake its beginning.
  connection.relayed = connection.relayed
    .then(() => pass(entry, { type, body, from: connection.userId }))
    .catch(error => answerProblem(connection, 'relay', asProblem(error)))
    .finally(() => connection.relaysWaiting--)
}

/** As far as the stream's module lets it. */
async function pass(entry: Entry, news: News): Promise<void> {
  const { connection, ref } = entry
  if (connection.principal === undefined) return
  const reach = await ref.module.reachOf?.(connection.principal, ref.kind, ref.key)
  // Put out, or gone, while it was asked.
  if (reach === 'nobody' || entry.state === 'ended' || entry.state === 'joining') return
  connection.hub.tell(ref, reach === undefined ? news : { ...news, except: reach.except }, entry)
}

function validatorOf(spec: StreamSpec, type: string): Validator | undefined {
  let known = validators.get(spec)
  if (known === undefined) {
    known = new Map(Object.entries(spec.relays ?? {}).map(([name, schema]) => [name, Compile(schema) as Validator]))
    validators.set(spec, known)
  }
  return known.get(type)
}
