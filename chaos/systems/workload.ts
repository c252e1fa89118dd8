/** What clients do while faults are active. */
import type { Client } from '../history/client.ts'
import type { Call } from '../history/history.ts'
import type { Random } from '../random.ts'

export interface World {
  readonly client: Client
  readonly random: Random
  /** Different in every run, so that rows of an earlier run are never mistaken for rows of this one. */
  readonly run: string
  readonly servers: number
  isOver(): boolean
}

export interface Workload {
  /** How many clients act concurrently. */
  readonly clients: number
  /** The least number of acts of each client, however slow the machine: fewer prove nothing. */
  readonly actsMin: number
  /** Creates what one client needs, before any fault. */
  prepare(world: World): Promise<Actor>
}

export interface Actor {
  /** One action; the run repeats it. */
  act(): Promise<void>
  /** After healing: repeats every request that never got an answer, twice. */
  settle?(): Promise<void>
}

const pauseMs = 10
const longestMs = 60_000

/** Acts until the run is over and `actsMin` is reached. The pause leaves processor time to the servers. */
export async function keepActing(world: World, { act }: Actor, actsMin: number): Promise<void> {
  const deadlineMs = performance.now() + longestMs
  for (let acts = 0; !world.isOver() || (acts < actsMin && performance.now() < deadlineMs); acts++) {
    await act()
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}

/** A create request under one idempotency key, and a different request under the same key. */
export interface RepeatableCreate {
  request(): Promise<Call>
  other(): Promise<Call>
}

/**
 * Creates a row as a client does that may lose an answer: sometimes the same request runs twice concurrently, a lost
 * answer is sometimes requested again, and an answered one too. Returns the acknowledged call; `undefined` when the
 * request stays open.
 */
export async function createUncertainly(
  random: Random,
  { request, other }: RepeatableCreate,
): Promise<Call | undefined> {
  const answers = random.chance(0.25) ? await Promise.all([request(), request()]) : [await request()]
  let acknowledged = answers.find(({ kind }) => kind === 'ok')
  for (let attempt = 0; acknowledged === undefined && attempt < 4 && random.chance(0.3); attempt++) {
    const again = await request()
    if (again.kind === 'ok') acknowledged = again
  }
  if (acknowledged === undefined) return undefined
  if (random.chance(0.3)) await request()
  if (random.chance(0.1)) await other()
  return acknowledged
}
