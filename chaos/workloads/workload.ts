/** What clients do while things break. A workload knows its system; plans, faults and oracles do not. */
import type { Client } from '../history/client.ts'
import type { Random } from '../random.ts'

export interface World {
  readonly client: Client
  readonly random: Random
  /** Different in every run: nothing of an earlier one is taken for this one's. */
  readonly run: string
  readonly servers: number
  isOver(): boolean
}

export interface Workload {
  readonly name: string
  /** Clients of it at a time. */
  readonly clients: number
  /** What each of them does at least, however slow the machine: fewer show nothing. */
  readonly actsMin: number
  /** Makes what one client needs, before anything breaks. */
  prepare(world: World): Promise<Person>
}

export interface Person {
  /** One action, done again and again. */
  act(): Promise<void>
  /** After the healing: asks twice for everything that never got an answer. */
  settle?(): Promise<void>
}

const pauseMs = 10
const longestMs = 60_000

/** Keeps acting until the run is over and `actsMin` is reached. The pause leaves the machine to who is judged. */
export async function keepActing(world: World, { act }: Person, actsMin: number): Promise<void> {
  const deadlineMs = performance.now() + longestMs
  for (let acts = 0; !world.isOver() || (acts < actsMin && performance.now() < deadlineMs); acts++) {
    await act()
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}
