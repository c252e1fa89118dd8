/**
 * Rate limits counted by all processes together in Redis. Each process also keeps the last known state of every key:
 * enough to refuse without asking, and to continue alone while Redis is away or slow. Redis receives that state when it
 * is back.
 */
import { Redis } from 'ioredis'
import {
  allowed,
  createLimiter,
  type Limiter,
  type RateLimitDecision,
  type RateLimitRequest,
  refused,
  toleranceOfCost,
} from './limiter.ts'

export interface SharedLimiter extends Limiter {
  /** Whether requests are counted together at the moment. */
  isShared(): boolean
  close(): void
}

export interface SharedLimiterOptions {
  readonly url: string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** The longest wait for Redis. Tests on a busy machine extend it. */
  readonly timeoutMs?: number
}

const timeoutMsDefault = 50
/** After a failure one request asks Redis again this late; the others do not wait. */
const pauseMs = 1_000
const connectTimeoutMs = 2_000
const underWayMax = 1_000
const prefix = 'octet:limit:'

/**
 * GCRA in one step, by Redis's clock. `ARGV`: the cost of the request, the cost of one, the window, and how far ahead
 * the caller knows the key to be, all in milliseconds. Answers whether it passes, and the time until the full allowance
 * is back. A Redis that lost its memory learns from its callers.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local cost, one, window, known = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = tonumber(redis.call('GET', KEYS[1]) or '0')
local whole = math.min(math.max(stored, now + known), now + window)
local after = math.max(whole, now) + cost
local passes = after - now <= window + one * ${toleranceOfCost}
if passes then whole = after end
if whole > now and whole ~= stored then
  redis.call('SET', KEYS[1], string.format('%.6f', whole), 'PX', string.format('%d', math.ceil(whole - now)))
end
return { passes and 1 or 0, string.format('%.3f', math.max(0, whole - now)) }`

type Counting = Redis & {
  takeAllowance(key: string, ...args: readonly (string | number)[]): Promise<[number, string]>
}

/** Counts alone until the connection is up. */
export function createSharedLimiter({ url, log, timeoutMs = timeoutMsDefault }: SharedLimiterOptions): SharedLimiter {
  const local = createLimiter(() => performance.now())
  const redis = new Redis(url, {
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: attempt => Math.min(pauseMs, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
  }) as Counting
  redis.defineCommand('takeAllowance', { numberOfKeys: 1, lua: script })
  redis.on('error', () => undefined) // The commands that fail report it.
  let underWay = 0
  let failures = 0
  let askAgainAtMs = 0

  /** After a failure lets one request through at a time, so that only it waits. */
  const mayAsk = () => {
    const nowMs = performance.now()
    if (redis.status !== 'ready' || underWay >= underWayMax || nowMs < askAgainAtMs) return false
    if (failures > 0) askAgainAtMs = nowMs + pauseMs
    return true
  }
  const failed = (error: unknown, wasProbe: boolean) => {
    if (++failures === 1) log.warn({ err: error }, 'rate limits are counted by each process: Redis does not answer')
    askAgainAtMs = performance.now() + pauseMs
    // A stuck connection may hang for hours; its commands are abandoned with it.
    if (wasProbe && redis.status === 'ready') redis.disconnect(true)
  }
  const answered = () => {
    if (failures > 0) log.info({}, 'rate limits are counted together again')
    failures = 0
    askAgainAtMs = 0
  }

  const ask = async (request: RateLimitRequest): Promise<RateLimitDecision> => {
    const { key, max, windowMs, count = 1 } = request
    const costMs = windowMs / max
    const askedAtMs = performance.now()
    underWay++
    const answer = redis.takeAllowance(prefix + key, count * costMs, costMs, windowMs, local.aheadMs(key))
    answer.finally(() => underWay--).catch(() => undefined)
    const [passes, ahead] = await beforeLong(answer, timeoutMs)
    answered()
    const aheadMs = Number(ahead)
    // Never too late: counted from the question, not from the answer.
    local.see(key, askedAtMs + aheadMs)
    if (passes === 1) return allowed({ max, windowMs, aheadMs })
    return refused({ max, aheadMs: aheadMs + count * costMs - windowMs })
  }

  return {
    take: local.take,
    async takeShared(request) {
      const known = local.peek(request)
      if (!known.allowed) return known
      if (!mayAsk()) return local.takeHere(request)
      const isProbe = failures > 0
      return ask(request).catch(error => {
        failed(error, isProbe)
        return local.takeHere(request)
      })
    },
    isShared: () => redis.status === 'ready' && failures === 0,
    close: () => redis.disconnect(),
  }
}

/** Rejects after `timeoutMs`, unless the answer has arrived by then and this process was too busy to read it. */
function beforeLong<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${timeoutMs} ms`))
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
