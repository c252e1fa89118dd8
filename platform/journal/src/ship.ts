/**
 * Delivers the durable records of a journal to a sink, in order and in batches, until the sink confirms each batch.
 *
 * Delivery exactly once needs the sink's help. The sink stores `to` in the transaction that has the effect, if the
 * stored position still equals `from`, and `position` returns it:
 *
 *     insert into shipped (journal_id, segment, "offset") values (…to)
 *     on conflict (journal_id) do update set segment = …, "offset" = …
 *     where (shipped.segment, shipped."offset") = (…from)     -- no row: throw, another batch was faster
 *
 * After any failure the shipper requests the position again. So a commit whose answer was lost is not repeated. If a
 * handler timed out but commits later, the repetition fails instead of counting the batch twice.
 */
import type { Journal } from './journal.ts'
import type { Log } from './journal-error.ts'
import { endOf, isBefore, journalStart, readRecords, unreadBytes } from './read.ts'
import type { Position } from './segments.ts'

export interface Batch {
  readonly journalId: string
  /** In commit order; views into one buffer that belongs to this batch. */
  readonly records: readonly Buffer[]
  /** The last confirmed position, exactly as `position` returned it or as the `to` of the previous batch. */
  readonly from: Position
  readonly to: Position
  /** Aborts when the handler takes too long or the shipper stops. */
  readonly signal: AbortSignal
}

export interface ShipOptions {
  readonly journal: Journal
  /** The position that the sink has stored for this journal; undefined when it has none yet. */
  readonly position: (journalId: string) => Promise<Position | undefined>
  /** Makes the batch take effect. Errors are retried forever, so the handler must set unusable records aside. */
  readonly handle: (batch: Batch) => Promise<void>
  readonly batchRecordsMax?: number
  readonly batchBytesMax?: number
  /** Milliseconds that a record may wait for others to share its batch. Default 200. */
  readonly intervalMs?: number
  /** Milliseconds for one call of `handle` or `position`. Default 30,000. */
  readonly timeoutMs?: number
  /** Longest pause between attempts; the first is 100 ms, then doubling. Default 5 s. */
  readonly retryMsMax?: number
  readonly log?: Log
  readonly now?: () => number
}

export interface ShipperStats {
  readonly shippedRecords: number
  readonly shippedBatches: number
  readonly failedAttempts: number
  /** How often records were damaged or missing; any value above 0 needs an operator. */
  readonly losses: number
  readonly backlogBytes: number
  /** Everything durable longer ago than this is shipped; 0 when all is. */
  readonly lagMs: number
}

export interface Shipper {
  stats(): ShipperStats
  /**
   * Ships without waiting for fuller batches and stops. Returns true when everything appended is shipped. Returns false
   * after `deadlineMs` milliseconds; the rest is shipped after the next start. After two calls the shorter deadline
   * counts.
   */
  drain(deadlineMs: number): Promise<boolean>
}

interface State {
  readonly options: Required<ShipOptions>
  /** The last position confirmed by the sink, as far as known. */
  confirmed: Position
  /** The position must be requested: at the start and after every failure. */
  isUnsure: boolean
  /** Read up to this position: ahead of `confirmed` only where damaged records were skipped. */
  cursor: Position
  phase: 'running' | 'draining' | 'stopped'
  /** The running call to the sink. */
  call: AbortController | undefined
  readonly onStop: (() => void)[]
  /** Ends the current pause early. */
  wake: () => void
  /** Called after each commit while the shipper waits for one. */
  onCommit: () => void
  isCaughtUp: boolean
  /** Everything durable before this time is shipped. */
  shippedThroughMs: number
  /** Once `end` is shipped, everything durable before `atMs` is. */
  mark: { readonly end: Position; readonly atMs: number }
  readonly counts: { records: number; batches: number; failed: number; losses: number }
}

const nothing = () => {}
const retryMsMin = 100

/** Starts shipping. Throws when the journal already has a shipper; all other errors are logged and retried. */
export function ship(options: ShipOptions): Shipper {
  const state = newState(options)
  const { journal, now } = state.options
  journal.shipping.listen(() => {
    if (state.isCaughtUp) state.shippedThroughMs = now()
    state.isCaughtUp = false
    state.onCommit()
  })
  const finished = run(state)
  return { stats: () => statsOf(state), drain: deadlineMs => drain(state, finished, deadlineMs) }
}

function newState(options: ShipOptions): State {
  const { store } = options.journal.shipping
  const now = options.now ?? Date.now
  return {
    options: {
      ...options,
      batchRecordsMax: options.batchRecordsMax ?? 5_000,
      batchBytesMax: options.batchBytesMax ?? 1 << 20,
      intervalMs: options.intervalMs ?? 200,
      timeoutMs: options.timeoutMs ?? 30_000,
      retryMsMax: options.retryMsMax ?? 5_000,
      log: options.log ?? store.log,
      now,
    },
    confirmed: journalStart,
    isUnsure: true,
    cursor: journalStart,
    phase: 'running',
    call: undefined,
    onStop: [],
    wake: nothing,
    onCommit: nothing,
    isCaughtUp: false,
    shippedThroughMs: now(),
    mark: { end: endOf(store), atMs: now() },
    counts: { records: 0, batches: 0, failed: 0, losses: 0 },
  }
}

/** Ships until stopped; true when everything was shipped. */
async function run(state: State): Promise<boolean> {
  const { journal, log, retryMsMax } = state.options
  let failures = 0
  while (!hasStopped(state)) {
    try {
      if (state.isUnsure) await askPosition(state)
      const isMoreLikely = await shipNext(state)
      failures = 0
      if (state.phase === 'running' && !isMoreLikely) await waitForRecords(state)
      if (state.phase === 'draining' && state.isCaughtUp) {
        await journal.idle()
        if (state.isCaughtUp) return true
      }
    } catch (error) {
      if (hasStopped(state)) break
      const retryMs = Math.min(retryMsMin * 2 ** failures, retryMsMax)
      failures += 1
      state.counts.failed += 1
      state.isUnsure = true
      log.error({ err: error, journalId: journal.id, confirmed: state.confirmed, retryMs }, 'journal: shipping failed')
      await pause(state, retryMs)
    }
  }
  return false
}

function hasStopped(state: State): boolean {
  return state.phase === 'stopped'
}

async function askPosition(state: State): Promise<void> {
  const { journal, position } = state.options
  const { store } = journal.shipping
  const stored = (await within(state, 'requesting the position', () => position(journal.id))) ?? journalStart
  const last = endOf(store)
  if (stored.segment > last.segment) {
    throw new Error(
      `the sink has confirmed segment ${stored.segment} but ${store.dir} ends with ${last.segment}: was it restored ` +
        'from a backup? What is appended now would count as shipped. Move the directory away to begin a new journal',
    )
  }
  confirm(state, stored)
  state.isUnsure = false
  await journal.shipping.release(stored)
}

/** Ships one batch. False when the journal had less than a batch. */
async function shipNext(state: State): Promise<boolean> {
  const { journal, handle, batchRecordsMax, batchBytesMax } = state.options
  const { store } = journal.shipping
  const read = await readRecords(store, state.cursor, { recordsMax: batchRecordsMax, bytesMax: batchBytesMax })
  if (read === undefined) {
    state.isCaughtUp = true
    return false
  }
  if (read.isLoss) {
    state.counts.losses += 1
    state.cursor = read.to
    return true
  }
  const { records, to } = read
  const batch = { journalId: journal.id, records, from: state.confirmed, to }
  await within(state, 'the sink', signal => handle({ ...batch, signal }))
  state.counts.batches += 1
  state.counts.records += records.length
  confirm(state, to)
  await journal.shipping.release(to)
  return records.length === batchRecordsMax || unreadBytes(store, to) >= batchBytesMax
}

function confirm(state: State, position: Position): void {
  const { store } = state.options.journal.shipping
  state.confirmed = position
  state.cursor = position
  state.isCaughtUp = unreadBytes(store, position) === 0
  if (!isBefore(position, state.mark.end)) {
    state.shippedThroughMs = state.mark.atMs
    state.mark = { end: endOf(store), atMs: state.options.now() }
  }
}

/** Waits for a record, and then until `intervalMs` has passed or a batch is full. */
async function waitForRecords(state: State): Promise<void> {
  const { journal, intervalMs, batchBytesMax } = state.options
  const { store } = journal.shipping
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>(resolve => {
    state.wake = resolve
    state.onCommit = () => {
      const waitingBytes = unreadBytes(store, state.cursor)
      if (waitingBytes >= batchBytesMax) resolve()
      else if (waitingBytes > 0) timer ??= setTimeout(resolve, intervalMs)
    }
    state.onCommit()
  })
  clearTimeout(timer)
  state.wake = nothing
  state.onCommit = nothing
}

async function pause(state: State, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>(resolve => {
    state.wake = resolve
    timer = setTimeout(resolve, ms)
  })
  clearTimeout(timer)
  state.wake = nothing
}

/** Runs code outside our control, for at most `timeoutMs` and not past the stop. */
async function within<T>(state: State, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeoutMs } = state.options
  // One controller per call: AbortSignal.any() would register each call with the signal of the whole process.
  const call = new AbortController()
  state.call = call
  const timer = setTimeout(() => call.abort(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs)
  try {
    const aborted = new Promise<never>((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true })
    })
    return await Promise.race([work(call.signal), aborted])
  } finally {
    clearTimeout(timer)
    state.call = undefined
  }
}

async function drain(state: State, finished: Promise<boolean>, deadlineMs: number): Promise<boolean> {
  if (state.phase === 'running') state.phase = 'draining'
  state.wake()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), deadlineMs)
    state.onStop.push(() => resolve(false))
  })
  const isAllShipped = await Promise.race([finished, late])
  clearTimeout(timer)
  stop(state)
  return isAllShipped
}

function stop(state: State): void {
  state.phase = 'stopped'
  state.call?.abort(new Error('the shipper was stopped'))
  state.wake()
  for (const notify of state.onStop.splice(0)) notify()
  state.options.journal.shipping.unlisten()
}

function statsOf(state: State): ShipperStats {
  const { counts, confirmed, options } = state
  const backlogBytes = unreadBytes(options.journal.shipping.store, confirmed)
  return {
    shippedRecords: counts.records,
    shippedBatches: counts.batches,
    failedAttempts: counts.failed,
    losses: counts.losses,
    backlogBytes,
    lagMs: backlogBytes === 0 ? 0 : Math.max(0, options.now() - state.shippedThroughMs),
  }
}
