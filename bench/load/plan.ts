/** What the load generator is asked for and what it answers. Crosses from process to process as JSON. */
import type { LatencySummary } from './latency.ts'

interface Target {
  readonly port: number
  readonly connections: number
  readonly durationMs: number
  readonly requests: readonly WantedAnswer[]
}

/** A whole request and what its answers look like. Connection c sends request c modulo their number, over and over. */
export interface WantedAnswer {
  readonly request: string
  readonly status: number
  /** Stands in the answer; looked for in one answer of {@link lookEvery}. The status is looked at in all. */
  readonly contains: string
  /** At each sending {@link codePlace} in `request` becomes another of this many codes ({@link writeCode}). */
  readonly randomBelow?: number
}

/** Where a random code goes; seven digits to the base of eight. */
export const codePlace = '#######'

/** Writes a number as code of seven characters, of those that short links are made of. */
export function writeCode(bytes: Uint8Array, at: number, number: number): void {
  let rest = number
  for (let place = codePlace.length - 1; place >= 0; place--) {
    // '2' to '9': 0 and 1 look like letters.
    bytes[at + place] = 50 + (rest % 8)
    rest = Math.floor(rest / 8)
  }
}

/** `closed`: the next request when the last is answered. `open`: at a fixed rate, however slow the answers are. */
export type LoadPlan = Target & ({ readonly loop: 'closed' } | { readonly loop: 'open'; readonly perSecond: number })

export interface LoadResult {
  /** Answers within the duration, per second. */
  readonly perSecond: number
  /** All answers, also those that came after the end, by request. */
  readonly answered: readonly number[]
  /** Closed loop: from sending. Open loop: from when the request was due, sent or not. */
  readonly latency: LatencySummary
  /** Open loop: requests that were never sent because {@link waitingMax} others waited. */
  readonly refused: number
  /** Open loop: how late the generator was with a free connection; above a millisecond its numbers are doubtful. */
  readonly lagP99Ms: number
  /** Share of the time the generator was busy. Near 1 it, not the server, was what was measured. */
  readonly generatorBusy: number
}

export const lookEvery = 64
export const waitingMax = 10_000
