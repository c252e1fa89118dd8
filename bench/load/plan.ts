/** The plan for the load generator and its result. Crosses from process to process as JSON. */
import type { LatencySummary } from './latency.ts'

interface Target {
  readonly port: number
  readonly connections: number
  readonly durationMs: number
  readonly requests: readonly WantedAnswer[]
}

/** A whole request and its expected answers. Connection c sends request c modulo their number, over and over. */
export interface WantedAnswer {
  readonly request: string
  readonly status: number
  /** A text in the answer; checked in one answer of {@link lookEvery}. The status is checked in all. */
  readonly contains: string
  /** Each send replaces {@link codePlace} in `request` by another of this many codes ({@link writeCode}). */
  readonly randomBelow?: number
}

/** The position of a random code; seven digits in base eight. */
export const codePlace = '#######'

/** Writes a number as a code of seven characters, from those that short links use. */
export function writeCode(bytes: Uint8Array, at: number, number: number): void {
  let rest = number
  for (let place = codePlace.length - 1; place >= 0; place--) {
    // '2' to '9': 0 and 1 look like letters.
    bytes[at + place] = 50 + (rest % 8)
    rest = Math.floor(rest / 8)
  }
}

/** `closed`: the next request after the last answer. `open`: at a fixed rate, however slow the answers are. */
export type LoadPlan = Target & ({ readonly loop: 'closed' } | { readonly loop: 'open'; readonly perSecond: number })

export interface LoadResult {
  /** Answers within the duration, per second. */
  readonly perSecond: number
  /** All answers by request, including those after the end. */
  readonly answered: readonly number[]
  /** Closed loop: from sending. Open loop: from when the request was due, sent or not. */
  readonly latency: LatencySummary
  /** Open loop: requests that were never sent because {@link waitingMax} others waited. */
  readonly refused: number
  /** Open loop: the generator's own lateness with a free connection; above a millisecond its numbers are doubtful. */
  readonly lagP99Ms: number
  /** Share of the time that the generator was busy. Near 1, the generator was measured and not the server. */
  readonly generatorBusy: number
}

export const lookEvery = 64
export const waitingMax = 10_000
