/**
 * Sends under way: stored before they leave, in order for each stream, until they are answered. A number (`csn`) gives
 * the order. The server decides: its `expected` corrects our count.
 */
import {
  type ClientFrame,
  commonProblems,
  Problem,
  type ProblemSpec,
  realtimeLimits,
  type ServerFrame,
} from '@octet/contracts'
import { type Cell, createCell, type Observable } from './observable.ts'
import type { KeptSend, OpenOutbox, OutboxStorage } from './outbox-storage.ts'

export type Answer = Extract<ServerFrame, { t: 'sent' | 'err' }>

export interface OutboxOptions {
  readonly storage: OutboxStorage
  readonly send: (frame: ClientFrame) => boolean
  readonly problemSpec: (stream: string, code: string) => ProblemSpec | undefined
  readonly onError: (error: unknown) => void
  /** A send was refused permanently; also those of an earlier page, for which no caller waits. */
  readonly onRefused: (send: KeptSend, problem: Problem) => void
}

export interface Outbox {
  readonly waiting: Observable<readonly KeptSend[]>
  device(): string | undefined
  open(): Promise<void>
  add(send: Omit<KeptSend, 'csn' | 'atMs'>, isOrdered: boolean): Promise<unknown>
  /** Removes a send; one that is under way may still be executed. */
  discard(cmid: string): void
  up(): void
  down(): void
  /** False: it does not answer any of these sends. */
  answer(frame: Answer): boolean
  close(): void
}

const waitingMax = 1_000
const inFlightMax = 8
/** After so many failures of the server the send is given up, because it would block all sends behind it. */
const internalMax = 10
const repairPauseMs = 50
const repairPauseMsMax = 5_000
const refusedPauseMs = 1_000
const encoder = new TextEncoder()

interface Waiting {
  kept: KeptSend
  isInFlight: boolean
  internals: number
  readonly answered: PromiseWithResolvers<unknown>
}

/** The sends of one stream that share a numbering, or have no number. */
interface Lane {
  readonly isOrdered: boolean
  readonly list: Waiting[]
  nextCsn: number
  /** A send was out of turn: wait until all sent ones are answered, number the rest again, continue. */
  isRepairing: boolean
  expected: number | undefined
  repairs: number
  pausedUntilMs: number
  timer: ReturnType<typeof setTimeout> | undefined
}

interface State {
  readonly options: OutboxOptions
  readonly lanes: Map<string, Lane>
  readonly byCmid: Map<string, { readonly lane: Lane; readonly waiting: Waiting }>
  readonly cell: Cell<readonly KeptSend[]>
  store: OpenOutbox | undefined
  isUp: boolean
}

/** An outbox that stores nothing until `open`. */
export function createOutbox(options: OutboxOptions): Outbox {
  const state: State = {
    options,
    lanes: new Map(),
    byCmid: new Map(),
    cell: createCell<readonly KeptSend[]>([]),
    store: undefined,
    isUp: false,
  }
  return {
    waiting: state.cell,
    device: () => state.store?.device,
    async open() {
      if (state.store !== undefined) return
      const store = await options.storage.open()
      state.store = store
      const early = [...state.byCmid.values()].map(({ waiting }) => waiting.kept)
      for (const { lane } of state.byCmid.values()) lane.list.length = 0
      const promises = new Map([...state.byCmid].map(([cmid, { waiting }]) => [cmid, waiting]))
      for (const lane of state.lanes.values()) lane.nextCsn = 1
      state.byCmid.clear()
      // Sends of an earlier page go first.
      for (const kept of store.kept) {
        enter(state, { ...kept, csn: kept.csn && 0 }, kept.csn !== undefined, promises.get(kept.cmid))
      }
      for (const kept of early) {
        if (state.byCmid.has(kept.cmid)) continue // stored by this client before it was closed
        enter(state, { ...kept, csn: kept.csn && 0 }, kept.csn !== undefined, promises.get(kept.cmid))
      }
      update(state)
    },
    add: (send, isOrdered) => add(state, send, isOrdered),
    discard(cmid) {
      const found = state.byCmid.get(cmid)
      if (found === undefined) return
      const { lane, waiting } = found
      // The sends behind it would wait for its number.
      if (lane.isOrdered && lane.list.at(-1) !== waiting) mend(lane)
      settle(state, cmid)
      waiting.answered.reject(new Error('discarded'))
      flush(state, lane)
    },
    up() {
      state.isUp = true
      for (const lane of state.lanes.values()) flush(state, lane)
    },
    down() {
      state.isUp = false
      for (const lane of state.lanes.values()) {
        for (const waiting of lane.list) waiting.isInFlight = false
      }
    },
    answer: frame => answer(state, frame),
    close() {
      for (const lane of state.lanes.values()) clearTimeout(lane.timer)
      state.store?.close()
      state.store = undefined
    },
  }
}

function laneOf(state: State, stream: string, isOrdered: boolean): Lane {
  const name = isOrdered ? stream : `${stream} unordered`
  const known = state.lanes.get(name)
  if (known !== undefined) return known
  const lane: Lane = {
    isOrdered,
    list: [],
    nextCsn: 1,
    isRepairing: false,
    expected: undefined,
    repairs: 0,
    pausedUntilMs: 0,
    timer: undefined,
  }
  state.lanes.set(name, lane)
  return lane
}

function add(state: State, send: Omit<KeptSend, 'csn' | 'atMs'>, isOrdered: boolean): Promise<unknown> {
  if (state.byCmid.size >= waitingMax) {
    return Promise.reject(problemOf(state, send.stream, { code: 'rate-limited', detail: 'Too much waits to be sent.' }))
  }
  // With room for `csn`.
  if (encoder.encode(JSON.stringify(send)).length + 64 > realtimeLimits.frameBytesMax) {
    return Promise.reject(problemOf(state, send.stream, { code: 'payload-too-large' }))
  }
  const same = state.byCmid.get(send.cmid)
  if (same !== undefined) return same.waiting.answered.promise
  const waiting = enter(state, { ...send, ...(isOrdered ? { csn: 0 } : {}), atMs: Date.now() }, isOrdered)
  update(state)
  flush(state, laneOf(state, send.stream, isOrdered))
  return waiting.answered.promise
}

function enter(state: State, given: KeptSend, isOrdered: boolean, earlier?: Waiting): Waiting {
  const lane = laneOf(state, given.stream, isOrdered)
  const kept = given.csn === 0 ? { ...given, csn: lane.nextCsn } : given
  if (kept.csn !== undefined) lane.nextCsn = Math.max(lane.nextCsn, kept.csn + 1)
  const waiting = earlier ?? { kept, isInFlight: false, internals: 0, answered: Promise.withResolvers<unknown>() }
  waiting.kept = kept
  // A caller need not wait for it.
  waiting.answered.promise.catch(() => undefined)
  lane.list.push(waiting)
  state.byCmid.set(kept.cmid, { lane, waiting })
  try {
    state.store?.put(kept)
  } catch (error) {
    state.options.onError(error) // a full or forbidden storage: it is sent all the same, and does not survive a reload
  }
  return waiting
}

function update(state: State): void {
  state.cell.set([...state.byCmid.values()].map(({ waiting }) => waiting.kept))
}

function flush(state: State, lane: Lane): void {
  const inFlight = lane.list.filter(({ isInFlight }) => isInFlight).length
  if (!state.isUp || state.store === undefined) return
  if (lane.isRepairing) {
    if (inFlight > 0) return
    renumber(lane)
  }
  const pauseMs = lane.pausedUntilMs - performance.now()
  if (pauseMs > 0) {
    clearTimeout(lane.timer)
    lane.timer = setTimeout(() => flush(state, lane), pauseMs)
    return
  }
  let left = inFlightMax - inFlight
  for (const waiting of lane.list) {
    if (left <= 0) return
    if (waiting.isInFlight) continue
    const { atMs: _atMs, ...send } = waiting.kept
    if (!state.options.send({ t: 'send', ...send, body: { ...send.body } })) return
    waiting.isInFlight = true
    left--
  }
}

/**
 * Numbers the waiting sends from the turn that the server expects. Only the server's answer counts. With numbers that
 * are too low, a later send could meet its turn before earlier ones. With numbers that are too high, all wait.
 */
function renumber(lane: Lane): void {
  lane.isRepairing = false
  if (lane.expected === undefined) return
  let csn = lane.expected
  for (const waiting of lane.list) waiting.kept = { ...waiting.kept, csn: csn++ }
  lane.nextCsn = csn
  lane.expected = undefined
}

function mend(lane: Lane): void {
  lane.isRepairing = true
}

function answer(state: State, frame: Answer): boolean {
  const cmid = frame.t === 'sent' ? frame.cmid : frame.ref
  const found = state.byCmid.get(cmid)
  if (found === undefined) return false
  const { lane, waiting } = found
  if (!waiting.isInFlight) return true
  waiting.isInFlight = false
  if (frame.t === 'sent') {
    lane.repairs = 0
    used(lane, waiting)
    settle(state, cmid)
    waiting.answered.resolve(frame.output)
  } else if (isPassing(waiting, frame)) postpone(lane, frame)
  else {
    const problem = problemOf(state, waiting.kept.stream, frame)
    used(lane, waiting)
    settle(state, cmid)
    waiting.answered.reject(problem)
    state.options.onRefused(waiting.kept, problem)
  }
  flush(state, lane)
  return true
}

/** Its number is used up; during a repair the turn is at least the next one. */
function used(lane: Lane, { kept }: Waiting): void {
  if (lane.isRepairing && lane.expected !== undefined && kept.csn !== undefined) {
    lane.expected = Math.max(lane.expected, kept.csn + 1)
  }
}

type Err = Extract<Answer, { t: 'err' }>

function isPassing(waiting: Waiting, { code, retryMs }: Err): boolean {
  if (code === 'internal' && ++waiting.internals >= internalMax) return false
  return retryMs !== undefined || code === 'out-of-turn' || code === 'unauthenticated'
}

function postpone(lane: Lane, { code, retryMs, data }: Err): void {
  let pauseMs = retryMs ?? refusedPauseMs
  if (code === 'out-of-turn') {
    if (typeof data?.expected === 'number') lane.expected = data.expected
    // The first is repaired at once; a repair that does not help is repeated after a pause.
    pauseMs = Math.min(repairPauseMsMax, lane.isRepairing ? 0 : repairPauseMs * (2 ** Math.min(lane.repairs++, 10) - 1))
  }
  if (lane.isOrdered) mend(lane)
  lane.pausedUntilMs = Math.max(lane.pausedUntilMs, performance.now() + pauseMs)
}

function settle(state: State, cmid: string): void {
  const found = state.byCmid.get(cmid)
  if (found === undefined) return
  state.byCmid.delete(cmid)
  found.lane.list.splice(found.lane.list.indexOf(found.waiting), 1)
  try {
    state.store?.remove(cmid)
  } catch (error) {
    state.options.onError(error)
  }
  update(state)
}

function problemOf(state: State, stream: string, err: Partial<Err> & { readonly code: string }): Problem {
  const { code, detail, errors, data, retryMs: retryAfterMs } = err
  const common = Object.hasOwn(commonProblems, code) ? (commonProblems as Record<string, ProblemSpec>)[code] : undefined
  const spec = common ?? state.options.problemSpec(stream, code) ?? { status: 400, title: 'It was refused.' }
  return new Problem({ code, ...spec }, { detail, errors, data, retryAfterMs })
}
