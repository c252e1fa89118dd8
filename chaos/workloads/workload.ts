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

/** Keeps acting until the run is over. A pause after each action leaves the machine to those who are judged. */
export async function keepActing(world: World, act: Person['act'] | undefined): Promise<void> {
  while (act !== undefined && !world.isOver()) {
    await act()
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}
