/** `send`: a client's command, executed like the same operation over REST, one at a time and in order. */
import { commonProblem, type Principal, type Problem, realtimeLimits } from '@octet/contracts'
import type { Turn } from '@octet/db'
import { asProblem, type CompiledOperation, operationsOf, type RequestInfo, type Transport } from '@octet/kernel'
import { answer, answerProblem, type Session, type Speaker, sessionOf, type WaitingSend } from './connection.ts'
import type { StreamRef } from './streams.ts'

export interface SendParts {
  readonly call: Transport
  /** The session's current user; throws `unauthenticated` when its credential is no longer valid. */
  readonly actorOf: (session: Session) => Promise<Principal> | Principal
  /** Counts the call against the operation's limits; throws `rate-limited`. */
  readonly takeLimits: (operation: CompiledOperation, actor: Principal, addressKey: string) => Promise<void>
  readonly isDraining: () => boolean
}

/** Accepts a send, which is answered by `sent` or `err`. */
export function takeSend(speaker: Speaker, send: WaitingSend, parts: SendParts): void {
  if (speaker.sends.length >= realtimeLimits.sendsWaitingMax || parts.isDraining()) {
    const { connection } = speaker.session
    answerProblem(connection, send.cmid, commonProblem('rate-limited', { retryAfterMs: 1_000 }))
    return
  }
  speaker.sends.push(send)
  if (speaker.isSending) return
  speaker.isSending = true
  void work(speaker, parts)
}

async function work(speaker: Speaker, parts: SendParts): Promise<void> {
  const { sends, session } = speaker
  for (let send = sends[0]; send !== undefined; send = sends[0]) {
    if (sessionOf(session.connection) === undefined) sends.length = 0
    else await carryOut(speaker, send, parts)
    sends.shift()
  }
  speaker.isSending = false
}

interface Command {
  readonly ref: StreamRef
  readonly operation: CompiledOperation
  readonly input: Record<string, unknown>
  readonly isOrdered: boolean
}

async function carryOut(speaker: Speaker, send: WaitingSend, parts: SendParts): Promise<void> {
  const { session } = speaker
  const { connection } = session
  const { cmid, stream } = send
  let command: Command | undefined
  let turn: Turn | undefined
  try {
    command = commandOf(session, send)
    const actor = await parts.actorOf(session)
    turn = turnOf(speaker, command, send)
    await parts.takeLimits(command.operation, actor, connection.addressKey)
    const output = await parts.call(
      command.operation,
      requestOf(session, { actor, send, command, turn }),
      command.input,
    )
    connection.measures.sends.add()
    answer(connection, { t: 'sent', cmid, stream, output })
  } catch (error) {
    const problem = asProblem(error)
    if (turn !== undefined && command !== undefined && isFinal(problem)) {
      const { module } = command.ref
      // If this fails, the retry is refused too, and the turn is skipped then.
      await module.skipTurn(turn, problem).catch(() => undefined)
    }
    answerProblem(connection, cmid, problem)
  }
}

/** Whether a retry would be refused again. */
function isFinal(problem: Problem): boolean {
  if (problem.retryable || problem.status >= 500 || problem.status === 401) return false
  return problem.code !== 'out-of-turn'
}

function commandOf({ hub }: Session, { stream, type, body, cmid }: WaitingSend): Command {
  const ref = hub.refOf(stream)
  const commands = ref?.spec.commands ?? {}
  const command = Object.hasOwn(commands, type) ? commands[type] : undefined
  const operation = ref && command && operationsOf(ref.module.contract).get(command.operation)
  if (ref === undefined || command === undefined || operation === undefined) {
    throw commonProblem('not-found', { detail: `${stream.slice(0, 80)} has no command "${type}".` })
  }
  const properties = operation.spec.input.properties
  const input = { ...body, [command.key]: ref.key, ...(Object.hasOwn(properties, 'cmid') ? { cmid } : {}) }
  return { ref, operation, input, isOrdered: command.ordered === true }
}

function turnOf(
  { device, session }: Speaker,
  { isOrdered, ref }: Command,
  { csn, cmid }: WaitingSend,
): Turn | undefined {
  if (!isOrdered) return undefined
  if (csn === undefined || device === undefined) {
    const path = csn === undefined ? '/csn' : '/device'
    throw commonProblem('validation-failed', { errors: [{ path, message: 'is required for an ordered command' }] })
  }
  return { userId: session.userId, device, stream: ref.name, csn, cmid }
}

interface Asked {
  readonly actor: Principal
  readonly send: WaitingSend
  readonly command: Command
  readonly turn: Turn | undefined
}

function requestOf({ connection }: Session, { actor, send, command, turn }: Asked): RequestInfo {
  const { spec } = command.operation
  return {
    actor,
    requestId: `${connection.id}-${send.cmid}`.slice(0, 64),
    deadlineMs: Date.now() + spec.timeoutMs,
    client: connection.client,
    ...(spec.retry === 'keyed' ? { idempotencyKey: send.cmid } : {}),
    ...(turn === undefined ? {} : { turn }),
  }
}
