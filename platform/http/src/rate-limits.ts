/** Rate limits of operations: the counts, their keys, and the headers that report them to the caller. */
import type { Limiter, RateLimitDecision } from '@octet/cache'
import { commonProblem, type Limit, type Principal } from '@octet/contracts'
import type { CompiledOperation } from '@octet/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addressOf } from './callers.ts'
import type { HttpOptions } from './options.ts'

/** The limits of operations that declare none. Reads are limited only against floods; see docs/limits.md. */
const readLimits: readonly Limit[] = [{ by: 'account', max: 1_000_000, windowMs: 60_000 }]
const writeLimits: readonly Limit[] = [{ by: 'account', max: 6_000, windowMs: 60_000 }]

interface Caller {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly actor: Principal
}

/** Counts a request against the operation's limits, sends the `RateLimit-*` headers, or throws `rate-limited`. */
export async function enforceLimits(options: HttpOptions, operation: CompiledOperation, caller: Caller): Promise<void> {
  const addressKey = addressOf(caller.request)
  const tightest = await takeLimits(options.limiter, operation, { actor: caller.actor, addressKey })
  if (tightest !== undefined) applyDecision(caller.reply, tightest)
}

interface Counted {
  readonly actor: Principal
  readonly addressKey: string
}

/**
 * Counts a call of the operation, over REST or the socket, and returns the tightest decision. Processes share the
 * counts of declared limits. Flood limits are counted per process, because they must cost nothing.
 */
async function takeLimits(
  limiter: Limiter,
  operation: CompiledOperation,
  { actor, addressKey }: Counted,
): Promise<RateLimitDecision | undefined> {
  const { spec, route, fullName } = operation
  let tightest: RateLimitDecision | undefined
  const isAnonymous = actor.kind === 'anonymous'
  for (const limit of spec.limits ?? (route?.method === 'GET' ? readLimits : writeLimits)) {
    const { by, windowMs, anonymousMax } = limit
    const max = maxFor(limit, actor)
    // Callers with a different allowance are counted under a separate key.
    const group = isAnonymous && anonymousMax !== undefined ? ' anonymous' : ''
    const subject = by === 'account' && actor.kind === 'user' ? `user ${actor.userId}` : `address ${addressKey}`
    const key = `${fullName}${group} ${subject}`
    const isNamed = spec.limits !== undefined
    const decision = isNamed ? await limiter.takeShared({ key, max, windowMs }) : limiter.take(key, max, windowMs)
    if (tightest === undefined || !decision.allowed || decision.remaining < tightest.remaining) tightest = decision
    if (!decision.allowed) break
  }
  return tightest
}

function maxFor({ max, anonymousMax = max, unverifiedMax = max }: Limit, actor: Principal): number {
  if (actor.kind === 'anonymous') return anonymousMax
  return actor.kind === 'user' && actor.isUnverified === true ? unverifiedMax : max
}

/** Counts a command over the socket against the same allowance as REST. Throws `rate-limited`. */
export async function takeCommandLimits(
  limiter: Limiter,
  operation: CompiledOperation,
  caller: Counted,
): Promise<void> {
  const decision = await takeLimits(limiter, operation, caller)
  if (decision?.allowed === false) throw commonProblem('rate-limited', { retryAfterMs: decision.resetMs })
}

/** Sends the `RateLimit-*` headers and throws `rate-limited` when the allowance is used up. */
export function applyDecision(reply: FastifyReply, decision: RateLimitDecision): void {
  reply.header('ratelimit-limit', decision.limit)
  reply.header('ratelimit-remaining', decision.remaining)
  reply.header('ratelimit-reset', Math.ceil(decision.resetMs / 1000))
  if (!decision.allowed) throw commonProblem('rate-limited', { retryAfterMs: decision.resetMs })
}
