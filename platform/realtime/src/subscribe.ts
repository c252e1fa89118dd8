/** Starts and ends subscriptions: checks the right to join, and finds the position to start from. */
import { closeCodes, commonProblem, Problem, realtimeLimits, type StreamPosition } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { answer, answerProblem, type Session, type User } from './connection.ts'
import { isPositionIn, type StreamRef } from './streams.ts'
import {
  type Channel,
  type DurableSubscription,
  type EphemeralSubscription,
  hasEnded,
  isAdmitted,
  type Subscription,
  suspend,
} from './subscription.ts'

const rejoinAgainMs = 1_000
const rejoinsMax = 30

/** The position from which a client resumes. Without an epoch it means the current log. */
export interface ResumeFrom {
  readonly seq: number
  readonly epoch: string | undefined
}

/** Subscribes to each stream; each is answered by `subscribed`, `reset` or `err`. */
export function subscribeAll(
  session: Session,
  streams: Readonly<Record<string, StreamPosition | null>>,
): Promise<unknown> {
  return Promise.all(
    Object.entries(streams).map(([stream, position]) =>
      subscribe(session, stream, position).catch(error => {
        answerProblem(session.connection, stream, asProblem(error))
      }),
    ),
  )
}

/**
 * Subscribes to a stream and sends the events after `position`; `null` starts at the end. If it is refused or fails, it
 * throws, and the subscription has ended.
 */
export async function subscribe(session: Session, stream: string, position: ResumeFrom | null): Promise<void> {
  const ref = session.hub.refOf(stream)
  if (ref === undefined) throw commonProblem('not-found')
  requireScope(session.principal, ref)
  unsubscribe(session, stream)
  if (session.subscriptions.size >= realtimeLimits.streamsMax) {
    const detail = `At most ${realtimeLimits.streamsMax} streams a connection.`
    throw commonProblem('forbidden', { detail })
  }
  const subscription = createSubscription(session, ref)
  session.subscriptions.set(stream, subscription)
  try {
    await enter(session, subscription)
    await askToJoin(session, subscription)
    if (subscription.phase.state !== 'joining') return
    subscription.phase.wasAdmitted = true
    ref.module.entered?.(ref.kind, ref.key, session.userId)
    if (subscription.durability === 'durable') await begin(session, subscription, position)
    else beginEphemeral(session, subscription)
  } catch (error) {
    if (hasEnded(subscription)) return
    drop(session, subscription)
    throw error
  }
}

function createSubscription(session: Session, ref: StreamRef): Subscription {
  const common = { outlet: session, ref }
  if (ref.spec.durability === 'durable') return { ...common, durability: 'durable', phase: { state: 'entering' } }
  const phase = { state: 'joining', mustAskAgain: true, wasAdmitted: false } as const
  return { ...common, durability: 'ephemeral', phase }
}

async function enter({ hub }: Session, subscription: Subscription): Promise<void> {
  if (subscription.durability === 'ephemeral') {
    hub.enterEphemeral(subscription)
    return
  }
  const channel = await hub.enter(subscription)
  // The client unsubscribed, or the connection closed, in the meantime.
  if (hasEnded(subscription)) hub.leave(channel, subscription)
  else subscription.phase = { state: 'joining', channel, seq: undefined, mustAskAgain: true, wasAdmitted: false }
}

async function askToJoin(session: Session, subscription: Subscription): Promise<void> {
  const { ref } = subscription
  for (;;) {
    const { phase } = subscription
    if (phase.state !== 'joining' || !phase.mustAskAgain) return
    phase.mustAskAgain = false
    await session.hub.joins.run(async () => {
      // A client that subscribes repeatedly must not fill the queue with obsolete calls.
      if (subscription.phase !== phase) return
      const { principal } = session
      requireScope(principal, ref)
      await ref.module.join(principal, ref.kind, ref.key)
    })
  }
}

function requireScope({ scopes }: User, { spec }: StreamRef): void {
  if (scopes !== '*' && !scopes.includes(spec.scope)) throw commonProblem('forbidden')
}

function beginEphemeral({ connection }: Session, subscription: EphemeralSubscription): void {
  subscription.phase = { state: 'live' }
  const { name } = subscription.ref
  answer(connection, { t: 'subscribed', stream: name, epoch: '', seq: 0, head: 0, ephemeral: true })
}

async function begin(session: Session, subscription: DurableSubscription, position: ResumeFrom | null): Promise<void> {
  const { phase, ref } = subscription
  if (phase.state !== 'joining') return
  const { channel } = phase
  if (position !== null) await reach(channel, position)
  await askToJoin(session, subscription) // rights may have changed meanwhile
  if (hasEnded(subscription)) return
  const { connection } = session
  const { measures } = connection
  const { epoch, head } = channel
  const start = startOf(channel, position)
  if (start.kind === 'resume') {
    measures.resumed.add()
    subscription.phase = { state: 'behind', channel, seq: start.seq, isReading: false }
    answer(connection, { t: 'subscribed', stream: ref.name, epoch, seq: start.seq, head })
    await channel.catchUp(subscription)
    return
  }
  subscription.phase = { state: 'live', channel, seq: head }
  if (start.kind === 'fresh') answer(connection, { t: 'subscribed', stream: ref.name, epoch, seq: head, head })
  else {
    measures.reset.add()
    answer(connection, { t: 'reset', stream: ref.name, epoch, seq: head, reason: start.reason })
  }
}

/** Another process may have written events that this one has not read yet; that is not a reason to reset the client. */
async function reach(channel: Channel, { epoch = channel.epoch, seq }: ResumeFrom): Promise<void> {
  if (epoch !== channel.epoch || seq <= channel.head) return
  const { ref } = channel
  const [now] = await ref.module.heads([ref.name])
  if (now === undefined || now.epoch !== epoch || now.seq < seq) return
  channel.learnHead(now)
  await channel.settle()
  if (channel.head < seq) throw commonProblem('unavailable', { retryAfterMs: 500 })
}

type Start =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'resume'; readonly seq: number }
  | { readonly kind: 'reset'; readonly reason: 'epoch' | 'too-far-behind' }

function startOf({ epoch, head }: Channel, position: ResumeFrom | null): Start {
  if (position === null) return { kind: 'fresh' }
  const { seq } = position
  if (!isPositionIn(epoch, { seq, epoch: position.epoch ?? epoch }) || seq > head) {
    return { kind: 'reset', reason: 'epoch' }
  }
  return head - seq > realtimeLimits.replayMax ? { kind: 'reset', reason: 'too-far-behind' } : { kind: 'resume', seq }
}

/** Ends the subscription silently, because the client asked for it or is gone. */
export function unsubscribe(session: Session, stream: string): void {
  const subscription = session.subscriptions.get(stream)
  if (subscription !== undefined) drop(session, subscription)
}

/** Ends the subscription: removes it from its channel and notifies its module. */
export function drop(session: Session, subscription: Subscription): void {
  const { ref } = subscription
  const wasAdmitted = isAdmitted(subscription)
  if (subscription.durability === 'ephemeral') {
    subscription.phase = { state: 'ended' }
    session.hub.leaveEphemeral(subscription)
  } else {
    const { phase } = subscription
    subscription.phase = { state: 'ended' }
    if ('channel' in phase) session.hub.leave(phase.channel, subscription)
    if (session.backlog.state === 'lagging') session.backlog.waiting.delete(subscription)
  }
  if (wasAdmitted) ref.module.left?.(ref.kind, ref.key, session.userId)
  if (session.subscriptions.get(ref.name) === subscription) session.subscriptions.delete(ref.name)
}

/** The user's rights have changed: asks `join` again for every stream of the connection. */
export function recheckAll(session: Session): void {
  for (const subscription of session.subscriptions.values()) suspend(subscription)
}

/**
 * Asks `join` again for a suspended subscription, and resumes it. A refusal ends it. While the module is unavailable,
 * the subscription stays suspended, and the sweep retries. Never rejects.
 */
export async function rejoin(session: Session, subscription: Subscription): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await askToJoin(session, subscription)
      break
    } catch (error) {
      const problem = error instanceof Problem ? error : asProblem(error)
      const isRefused = problem.status < 500 && problem.status !== 429
      if (hasEnded(subscription)) return
      if (isRefused || attempt >= rejoinsMax) {
        end(session, subscription, problem.code)
        return
      }
      if (subscription.phase.state === 'joining') subscription.phase.mustAskAgain = true
      await new Promise(resolve => setTimeout(resolve, rejoinAgainMs))
    }
  }
  await goOn(subscription)
}

async function goOn(subscription: Subscription): Promise<void> {
  if (subscription.durability === 'ephemeral') {
    if (subscription.phase.state === 'joining') subscription.phase = { state: 'live' }
    return
  }
  const { phase } = subscription
  if (phase.state !== 'joining') return
  subscription.phase = { state: 'behind', channel: phase.channel, seq: phase.seq, isReading: false }
  await phase.channel.catchUp(subscription).catch(() => undefined) // the sweep tries again
}

function end(session: Session, subscription: Subscription, code: string): void {
  const { connection } = session
  drop(session, subscription)
  answer(connection, { t: 'unsubscribed', stream: subscription.ref.name, code })
  // An event stream has no other subscription.
  if (connection.phase.state === 'following') connection.wire.close(closeCodes.normal, 'unsubscribed')
}
