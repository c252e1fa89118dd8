/** Carries out a plan. Runs in the generator's process, and in tests. */
import { performance } from 'node:perf_hooks'
import { openRawConnection, type RawConnection } from '@octet/testkit'
import { latencyRecorder, schedule } from './latency.ts'
import {
  codePlace,
  type LoadPlan,
  type LoadResult,
  lookEvery,
  type WantedAnswer,
  waitingMax,
  writeCode,
} from './plan.ts'

/** One connection and its request. */
interface Lane {
  readonly wire: RawConnection
  readonly request: Buffer
  /** The position of its random code, and the number of codes; -1: without. */
  readonly codeAt: number
  readonly codesBelow: number
  /** When the request under way was sent, or was due; -1: no request is under way. */
  sinceMs: number
}

interface Run {
  readonly lanes: Lane[]
  /** What to do with a connection that is free again. */
  onFree: (lane: Lane) => void
  onAnswer: (lane: Lane, nowMs: number) => void
  fail: (error: Error) => void
  readonly answered: number[]
  isOver: boolean
}

const settleTimeoutMs = 10_000

/** Loads the target as planned. Throws when a connection breaks or an answer is unexpected. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  const run: Run = {
    lanes: [],
    onFree: () => undefined,
    onAnswer: () => undefined,
    fail: failure.reject,
    answered: plan.requests.map(() => 0),
    isOver: false,
  }
  const late = setTimeout(() => run.fail(new Error('answers are missing')), plan.durationMs + settleTimeoutMs)
  try {
    await Promise.race([openLanes(plan, run), failure.promise])
    const busyBefore = performance.eventLoopUtilization()
    const drive = plan.loop === 'closed' ? closedLoop(plan, run) : openLoop(plan, plan.perSecond, run)
    const outcome = await Promise.race([drive, failure.promise])
    const generatorBusy = performance.eventLoopUtilization(busyBefore).utilization
    return { ...outcome, answered: run.answered, generatorBusy }
  } finally {
    clearTimeout(late)
    run.isOver = true
    for (const lane of run.lanes) lane.wire.close()
  }
}

async function openLanes(plan: LoadPlan, run: Run): Promise<void> {
  const opened = Array.from({ length: plan.connections }, (_, index) => {
    const kind = index % plan.requests.length
    return new Promise<void>(resolve => {
      const { request, randomBelow } = plan.requests[kind] as WantedAnswer
      const lane: Lane = {
        request: Buffer.from(request),
        codeAt: randomBelow === undefined ? -1 : request.indexOf(codePlace),
        codesBelow: randomBelow ?? 0,
        sinceMs: -1,
        wire: openRawConnection({
          port: plan.port,
          onOpen: resolve,
          onAnswer: answerReader(run, plan.requests[kind] as WantedAnswer, kind, () => lane),
          onClose: error => {
            if (!run.isOver) run.fail(error ?? new Error('the server closed a connection'))
          },
        }),
      }
      run.lanes.push(lane)
    })
  })
  await Promise.all(opened)
}

function answerReader(run: Run, wanted: WantedAnswer, kind: number, laneOf: () => Lane) {
  let count = 0
  return (status: number, bytes: Buffer) => {
    const isLooked = count++ % lookEvery === 0
    if (status !== wanted.status || (isLooked && !bytes.includes(wanted.contains))) {
      run.fail(
        new Error(`not the wanted answer (${wanted.status}, "${wanted.contains}"):\n${bytes.toString('latin1')}`),
      )
      return
    }
    run.answered[kind]!++
    const lane = laneOf()
    run.onAnswer(lane, performance.now())
    lane.sinceMs = -1
    run.onFree(lane)
  }
}

type Outcome = Omit<LoadResult, 'answered' | 'generatorBusy'>

async function closedLoop({ durationMs }: LoadPlan, run: Run): Promise<Outcome> {
  const latency = latencyRecorder()
  const startedMs = performance.now()
  const endMs = startedMs + durationMs
  const done = Promise.withResolvers<void>()
  let busy = run.lanes.length
  run.onAnswer = (lane, nowMs) => {
    if (nowMs <= endMs) latency.record(nowMs - lane.sinceMs)
  }
  run.onFree = lane => {
    const nowMs = performance.now()
    if (nowMs < endMs) send(lane, nowMs)
    else if (--busy === 0) done.resolve()
  }
  for (const lane of run.lanes) send(lane, startedMs)
  await done.promise
  const summary = latency.summary()
  return { perSecond: (summary.count * 1000) / durationMs, latency: summary, refused: 0, lagP99Ms: 0 }
}

/**
 * Latency counts from the time a request was due. So a stalled server is charged for every request that should have
 * been sent meanwhile ("coordinated omission"). One measurement showed a p99 of 1 ms in a closed loop where callers
 * would have waited 363 ms.
 */
async function openLoop({ durationMs }: LoadPlan, perSecond: number, run: Run): Promise<Outcome> {
  const latency = latencyRecorder()
  const lag = latencyRecorder()
  const due = schedule(perSecond, durationMs)
  const free = [...run.lanes]
  const waiting: number[] = []
  const done = Promise.withResolvers<void>()
  const startedMs = performance.now()
  let refused = 0
  run.onAnswer = (lane, nowMs) => latency.record(nowMs - lane.sinceMs)
  run.onFree = lane => {
    const next = waiting.shift()
    if (next !== undefined) send(lane, startedMs + due.dueMs(next))
    else free.push(lane)
    if (due.isExhausted() && free.length === run.lanes.length) done.resolve()
  }
  const timer = setInterval(() => {
    if (run.isOver) clearInterval(timer)
    const elapsedMs = performance.now() - startedMs
    for (let index = due.next(elapsedMs); index !== -1; index = due.next(elapsedMs)) {
      const lane = free.shift()
      if (lane !== undefined) {
        lag.record(elapsedMs - due.dueMs(index))
        send(lane, startedMs + due.dueMs(index))
      } else if (waiting.length < waitingMax) waiting.push(index)
      else refused++
    }
  }, 1)
  await done.promise
  clearInterval(timer)
  const elapsedMs = performance.now() - startedMs
  const summary = latency.summary()
  return {
    perSecond: (summary.count * 1000) / elapsedMs,
    latency: summary,
    refused,
    lagP99Ms: lag.summary().p99Ms,
  }
}

function send(lane: Lane, sinceMs: number): void {
  if (lane.codeAt !== -1) writeCode(lane.request, lane.codeAt, Math.floor(Math.random() * lane.codesBelow))
  lane.sinceMs = sinceMs
  lane.wire.send(lane.request)
}
