/**
 * Revoked sessions and tokens, known to every process within a second and checked without a database query.
 *
 * A revocation is a row written with its cause. Each process reads new rows every {@link pollMs}. After {@link
 * staleAfterMs} without a successful poll it reports itself stale, and callers query the database for each request:
 * slow, but correct. NOTIFY would save part of that quarter of a second, but takes a database-wide lock at commit.
 */
import type { Revoked } from '@octet/contracts'
import { within } from '@octet/kernel'
import type { Log } from '@octet/observe'
import type { RevocationNews, RevocationRow } from './store.ts'

const pollMs = 250
/** Below the one-second promise: a disconnected process must not exceed it. */
const staleAfterMs = 900
/** A hanging poll (cut connection) is abandoned after this time and another one starts, up to a maximum. */
const hangingAfterMs = 2_000
const pollsMax = 3
/** Slower polls say nothing about clock differences. */
const clockReadMsMax = 1_000

export interface Revocable {
  readonly sessionId: string
  readonly userId: string
  /** The account's access version when the token was issued. */
  readonly accessVersion: number
}

export interface Revocations {
  isRevoked(token: Revocable): boolean
  /** Whether the address was verified so recently that a valid token may not know it yet. */
  isVerified(userId: string): boolean
  /** Calls the listener once per revocation, when this process learns about it. Returns the unsubscribe function. */
  onRevoked(listener: (revoked: Revoked) => void): () => void
  /** Milliseconds since the last complete read. */
  silentMs(): number
  /** The last read is too old: `isRevoked` may miss a revocation. */
  isStale(): boolean
  /** The database's clock as known to this process. Tokens are dated and checked by it. */
  nowMs(): number
  /** Applies revocations that this process has just committed, without waiting for the poll. Sessions and API keys. */
  endSessions(ids: readonly string[]): void
  outdateUser(userId: string, accessVersion: number): void
  verifyUser(userId: string): void
  /** Applies rows that were read elsewhere, without waiting for the poll. */
  learn(rows: readonly RevocationRow[]): void
  /** Reads new revocations once. Throws what the database throws. */
  poll(): Promise<void>
  start(): void
  /** Resolves when no poll is running, or hanging polls have timed out. */
  stop(): Promise<void>
}

export interface RevocationsOptions {
  /** All revocations since the answer with this horizon. */
  readonly read: (horizon: string | undefined) => Promise<RevocationNews>
  readonly now: () => number
  readonly log: Pick<Log, 'warn' | 'info' | 'debug'>
  /** How long a revocation is relevant: longer than any token lives. */
  readonly keepMs: number
}

/** The relevant revocations. Entries leave when every affected token has expired, so the set stays small. */
function createRevokedSet() {
  /** Sessions and API keys: their ids never collide. */
  const sessions = new Map<string, number>()
  const users = new Map<string, { version: number; expiresAtMs: number }>()
  const verified = new Map<string, number>()
  const listeners = new Set<(revoked: Revoked) => void>()
  const isNews = ({ kind, subject, version, expiresAtMs }: RevocationRow): boolean => {
    if (kind !== 'user') {
      const isKnown = sessions.has(subject)
      sessions.set(subject, expiresAtMs)
      return !isKnown
    }
    if ((users.get(subject)?.version ?? 0) >= version) return false
    users.set(subject, { version, expiresAtMs })
    return true
  }
  const apply = (row: RevocationRow): void => {
    const { kind, subject } = row
    if (kind === 'verified') verified.set(subject, row.expiresAtMs)
    if (kind === 'verified' || !isNews(row)) return
    const news: Revoked = kind === 'user' ? { kind, userId: subject } : { kind: 'session', sessionId: subject }
    for (const listener of listeners) listener(news)
  }
  return {
    apply,
    applyAll(rows: readonly RevocationRow[]): void {
      for (const row of rows) apply(row)
    },
    endSessions(ids: readonly string[], expiresAtMs: number): void {
      for (const subject of ids) apply({ kind: 'session', subject, version: 0, expiresAtMs })
    },
    onNews(listener: (revoked: Revoked) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    has: ({ sessionId, userId, accessVersion }: Revocable): boolean =>
      sessions.has(sessionId) || (users.get(userId)?.version ?? 0) > accessVersion,
    isVerified: (userId: string): boolean => verified.has(userId),
    forget(beforeMs: number): void {
      for (const [id, expiresAtMs] of verified) if (expiresAtMs < beforeMs) verified.delete(id)
      for (const [id, expiresAtMs] of sessions) if (expiresAtMs < beforeMs) sessions.delete(id)
      for (const [id, { expiresAtMs }] of users) if (expiresAtMs < beforeMs) users.delete(id)
    },
  }
}

/** Creates a set that is stale until `poll` or `start` is called. */
export function createRevocations({ read: readNews, now, log, keepMs }: RevocationsOptions): Revocations {
  const revoked = createRevokedSet()
  let horizon: string | undefined
  let clockOffsetMs = 0
  let heardAtMs = Number.NEGATIVE_INFINITY
  const polls = new Set<Promise<unknown>>()
  let pollStartedAtMs = 0
  let isReportedStale = false
  let timer: NodeJS.Timeout | undefined

  const nowMs = () => now() + clockOffsetMs
  const isStale = () => {
    const silentMs = now() - heardAtMs
    return silentMs > staleAfterMs || silentMs < 0 // a clock that was set back proves nothing
  }

  const read = async () => {
    const startedAtMs = now()
    pollStartedAtMs = startedAtMs
    const news = await readNews(horizon)
    const endedAtMs = now()
    revoked.applyAll(news.revocations)
    if (horizon === undefined || BigInt(news.horizon) > BigInt(horizon)) horizon = news.horizon
    if (endedAtMs - startedAtMs <= clockReadMsMax) clockOffsetMs = news.clockMs - (startedAtMs + endedAtMs) / 2
    heardAtMs = Math.max(startedAtMs, Math.min(heardAtMs, endedAtMs))
    revoked.forget(nowMs())
  }
  const poll = (): Promise<void> => {
    const reading = read().finally(() => polls.delete(reading))
    polls.add(reading)
    return reading
  }

  const tick = () => {
    if (isStale() !== isReportedStale) {
      isReportedStale = !isReportedStale
      if (isReportedStale) log.warn({ staleAfterMs }, 'revocations cannot be read; every request asks the database')
      else log.info({}, 'revocations are read again')
    }
    const isHanging = now() - pollStartedAtMs > hangingAfterMs
    if (polls.size > 0 && (polls.size >= pollsMax || !isHanging)) return
    poll().catch(error => log.debug({ err: error }, 'revocations could not be read; trying again'))
  }

  return {
    isRevoked: revoked.has,
    isVerified: revoked.isVerified,
    onRevoked: revoked.onNews,
    silentMs: () => Math.max(0, now() - heardAtMs),
    isStale,
    nowMs,
    endSessions: ids => revoked.endSessions(ids, nowMs() + keepMs),
    outdateUser(userId, version) {
      revoked.apply({ kind: 'user', subject: userId, version, expiresAtMs: nowMs() + keepMs })
    },
    verifyUser: subject => revoked.apply({ kind: 'verified', subject, version: 0, expiresAtMs: nowMs() + keepMs }),
    learn: revoked.applyAll,
    poll,
    start() {
      timer ??= setInterval(tick, pollMs)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await within(hangingAfterMs, Promise.allSettled(polls)).catch(() => log.debug({}, 'a poll for revocations hangs'))
    },
  }
}
