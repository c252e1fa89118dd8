/** `relay`: what subscribers tell one another without it being kept, such as that somebody is typing. */
import { type ClientFrameOf, commonProblem, type StreamSpec } from '@octet/contracts'
import { Compile, type Validator } from 'typebox/compile'
import { takeToken } from './bucket.ts'
import { answer, answerProblem, type Connection } from './connection.ts'

const relaysRate = { burst: 10, perSecond: 2 }
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
  if (retryMs > 0) {
    answer(connection, { t: 'err', ref: 'relay', code: 'rate-limited', retryMs })
    return
  }
  connection.hub.tell(entry.ref, { type, body, from: connection.userId }, entry)
}

function validatorOf(spec: StreamSpec, type: string): Validator | undefined {
  let known = validators.get(spec)
  if (known === undefined) {
    known = new Map(Object.entries(spec.relays ?? {}).map(([name, schema]) => [name, Compile(schema) as Validator]))
    validators.set(spec, known)
  }
  return known.get(type)
}
