/** `send`: a client's command, carried out as the same operation over REST would be, one at a time and in its turn. */
import { commonProblem, type Principal, type Problem, problemsOf, realtimeLimits } from '@octet/contracts'
import type { Turn } from '@octet/db'
import { asProblem, type CompiledOperation, operationsOf, type RequestInfo, type Transport } from '@octet/kernel'
import { answer, answerProblem, type Connection, type WaitingSend } from './connection.ts'
import type { StreamRef } from './streams.ts'

export interface SendParts {
  readonly call: Transport
  /** Who the connection is at this moment; throws `unauthenticated` when its credential is no longer good. */
  readonly actorOf: (connection: Connection) => Promise<Principal> | Principal
  /** Counts the call against the operation's limits; throws `rate-limited`. */
  readonly takeLimits: (operation: CompiledOperation, actor: Principal, addressKey: string) => Promise<void>
  readonly isDraining: () => boolean
}

/** Takes a send; it is answered by `sent` or `err`. */
export function takeSend(connection: Connection, send: WaitingSend, parts: SendParts): void {
  if (connection.sends.length >= realtimeLimits.sendsWaitingMax || parts.isDraining()) {
    answerProblem(connection, send.cmid, commonProblem('rate-limited', { retryAfterMs: 1_000 }))
    return
  }
  connection.sends.push(send)
  if (connection.isSending) return
  connection.isSending = true
  void work(connection, parts)
}

async function work(connection: Connection, parts: SendParts): Promise<void> {
  for (let send = connection.sends[0]; send !== undefined; send = connection.sends[0]) {
    if (connection.state === 'closed') connection.sends.length = 0
    else await carryOut(connection, send, parts)
    connection.sends.shift()
  }
  connection.isSending = false
}

interface Command {
  readonly ref: StreamRef
  readonly operation: CompiledOperation
  readonly input: Record<string, unknown>
  readonly isOrdered: boolean
}

async function carryOut(connection: Connection, send: WaitingSend, parts: SendParts): Promise<void> {
  const { cmid, stream } = send
  let command: Command | undefined
  let turn: Turn | undefined
  try {
    command = commandOf(connection, send)
    const actor = await parts.actorOf(connection)
    turn = turnOf(connection, command, send)
    await parts.takeLimits(command.operation, actor, connection.addressKey)
    const output = await parts.call(
      command.operation,
      requestOf(connection, { actor, send, command, turn }),
      command.input,
    )
    connection.measures.sends.add()
    answer(connection, { t: 'sent', cmid, stream, output })
  } catch (error) {
    const problem = inOwnWords(command, asProblem(error))
    if (turn !== undefined && command !== undefined && isFinal(problem)) {
      const { module } = command.ref
      // Not skipped now, it is refused once more when it comes again, and skipped then.
      await module.skipTurn(turn, problem).catch(() => undefined)
    }
    answerProblem(connection, cmid, problem)
  }
}

/** A module that has its own name for a cmid used twice says so on both ways in. */
function inOwnWords(command: Command | undefined, problem: Problem): Problem {
  if (command === undefined || problem.code !== 'idempotency-key-reused') return problem
  const { contract } = command.ref.module
  const own = `${contract.name}.cmid-reused`
  if (!command.operation.spec.problems.includes(own)) return problem
  return problemsOf(contract)('cmid-reused')
}

/** Refused for good: sending it again would be refused again. */
function isFinal(problem: Problem): boolean {
  if (problem.retryable || problem.status >= 500 || problem.status === 401) return false
  return problem.code !== 'out-of-turn'
}

function commandOf(connection: Connection, { stream, type, body, cmid }: WaitingSend): Command {
  const ref = connection.hub.refOf(stream)
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

function turnOf(connection: Connection, { isOrdered, ref }: Command, { csn, cmid }: WaitingSend): Turn | undefined {
  if (!isOrdered) return undefined
  const { device, userId } = connection
  if (csn === undefined || device === undefined) {
    const path = csn === undefined ? '/csn' : '/device'
    throw commonProblem('validation-failed', { errors: [{ path, message: 'is required for an ordered command' }] })
  }
  return { userId, device, stream: ref.name, csn, cmid }
}

interface Asked {
  readonly actor: Principal
  readonly send: WaitingSend
  readonly command: Command
  readonly turn: Turn | undefined
}

function requestOf(connection: Connection, { actor, send, command, turn }: Asked): RequestInfo {
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
