/**
 * `kill -9` under load, again and again, and the oracle that judges the result. Every connection owns one counter, so
 * each kill leaves at most one request per counter with an unknown outcome.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { openRawConnection } from './raw-connection.ts'
import type { ServerProcess } from './server-process.ts'

const answersTimeoutMs = 60_000

/** What one connection saw of its counter. */
export interface Tally {
  /** Answered with the status that promises the effect. */
  acked: number
  /** Sent, never answered: the server was killed in between. At most one per kill. */
  ambiguous: number
}

export interface KillPlan {
  /** Starts the server, on what the killed one left behind. */
  readonly start: () => Promise<ServerProcess>
  /** Called once, on the first server: one whole request per connection, repeated by that connection. */
  readonly prepare: (server: ServerProcess) => Promise<readonly string[]>
  /** The status that promises the effect. Any other answer ends the run. */
  readonly promise: number
  /** Counts of a running server by connection, when nothing is under way any more. */
  readonly counts: (server: ServerProcess) => Promise<readonly number[]>
  readonly rounds: number
  /** Load before a kill lasts this long, and up to half as long again, so that kills fall anywhere. */
  readonly loadMs: number
  /** It also lasts until so many answers have arrived: a busy machine may give only a few in that time. */
  readonly answersPerRound: number
}

export interface KillVerdict {
  readonly kills: number
  readonly acked: number
  readonly counted: number
  /** Answered and not counted. */
  readonly lost: number
  /** Counted and never sent, or counted twice. */
  readonly doubled: number
  /** Unanswered at a kill, and how many of them took effect: the window in which loss and doubling happen. */
  readonly ambiguous: number
  readonly ambiguousCounted: number
  /** From each kill until the next server was ready. */
  readonly recoveryMs: readonly number[]
}

/**
 * Loads, kills, restarts and compares, `rounds` times. The driver stays on its event loop throughout: one that blocked
 * in order to kill had no request under way at the kill, and saw nothing (research/reliability.md 3.2).
 */
export async function killUnderLoad(plan: KillPlan): Promise<KillVerdict> {
  const recoveryMs: number[] = []
  let server = await plan.start()
  try {
    const requests = await plan.prepare(server)
    const tallies: Tally[] = requests.map(() => ({ acked: 0, ambiguous: 0 }))
    for (let round = 0; round < plan.rounds; round++) {
      const load = startLoad({ port: server.port, requests, promise: plan.promise, tallies })
      const lasted = delay(plan.loadMs * (1 + Math.random() / 2))
      await Promise.race([Promise.all([lasted, load.answered(plan.answersPerRound)]), load.failed])
      const killedAtMs = performance.now()
      await server.kill()
      await load.ended
      server = await plan.start()
      recoveryMs.push(performance.now() - killedAtMs)
    }
    const counts = await plan.counts(server)
    return { kills: plan.rounds, recoveryMs, ...judgeCounts(tallies, counts) }
  } finally {
    await server.stop()
  }
}

/** acked ≤ counted ≤ acked + ambiguous, counter by counter: one that lost cannot hide behind one that doubled. */
export function judgeCounts(tallies: readonly Tally[], counts: readonly number[]) {
  const verdict = { acked: 0, counted: 0, lost: 0, doubled: 0, ambiguous: 0, ambiguousCounted: 0 }
  tallies.forEach(({ acked, ambiguous }, index) => {
    const counted = counts[index] ?? 0
    verdict.acked += acked
    verdict.counted += counted
    verdict.ambiguous += ambiguous
    verdict.lost += Math.max(0, acked - counted)
    verdict.doubled += Math.max(0, counted - acked - ambiguous)
    verdict.ambiguousCounted += Math.min(ambiguous, Math.max(0, counted - acked))
  })
  return verdict
}

interface Load {
  /** Resolves when so many requests have been answered. Throws when that takes longer than a minute. */
  answered(count: number): Promise<void>
  /** Resolves when every connection has ended. */
  readonly ended: Promise<void>
  /** Rejects when an answer was not the promised one. */
  readonly failed: Promise<never>
}

function startLoad({
  port,
  requests,
  promise,
  tallies,
}: {
  port: number
  requests: readonly string[]
  promise: number
  tallies: readonly Tally[]
}): Load {
  let answers = 0
  let hasFailed = false
  async function answered(count: number): Promise<void> {
    const deadlineMs = performance.now() + answersTimeoutMs
    while (answers < count && !hasFailed) {
      if (performance.now() > deadlineMs) throw new Error(`${answers} answers in ${answersTimeoutMs} ms, not ${count}`)
      await delay(5)
    }
  }
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined) // the caller may be past the point of asking
  const connections = requests.map((request, index) => {
    const tally = tallies[index] as Tally
    return new Promise<void>(resolve => {
      let isWaiting = false
      const send = () => {
        isWaiting = true
        connection.send(request)
      }
      const connection = openRawConnection({
        port,
        onOpen: send,
        onAnswer(status, bytes) {
          isWaiting = false
          if (status === promise) {
            tally.acked++
            answers++
            send()
          } else {
            hasFailed = true
            failure.reject(new Error(`answer ${status}, not ${promise}: ${bytes.toString('latin1').slice(0, 500)}`))
            connection.close()
          }
        },
        onClose() {
          if (isWaiting) tally.ambiguous++
          resolve()
        },
      })
    })
  })
  return { answered, ended: Promise.all(connections).then(() => undefined), failed: failure.promise }
}
