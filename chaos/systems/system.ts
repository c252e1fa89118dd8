/** What a system brings to the harness. Plans, faults, the run and the oracles know systems only through this. */
import type { Contract } from '@octet/contracts'
import type { EventData, Sql } from '@octet/db'
import type { Call } from '../history/history.ts'
import type { Mutant } from '../mutants/mutant.ts'
import type { Evidence, Finder, OracleName } from '../oracles/oracle.ts'
import type { Effect, SystemState } from '../state.ts'
import type { Workload } from './workload.ts'

/** The evidence of a run with the state of one system in place of the states of all. */
export type SystemEvidence<State> = Omit<Evidence, 'state' | 'stateBefore'> & {
  /** The effects of all systems' events. */
  readonly effects: readonly Effect[]
  readonly state: State
  readonly stateBefore: State
}

/** An operation that creates a row under an idempotency key. O1 and O2 compare its calls with the rows. */
export interface CreateRule<State> {
  readonly noun: string
  readonly op: string
  /** A different request under a key that was used already: it must get 422. */
  readonly otherOp?: string
  /** The rows, with the text by which the calls name them; empty where a deleted row no longer holds it. */
  rows(state: State): readonly { readonly id: string; readonly subject: string }[]
  idOf(body: unknown): string
  /** What must be the same in every answer under one key; the whole answer by default. */
  answerOf?(body: unknown): unknown
  /** Statuses from 400 to 499 that are expected, besides the conflict with a request in flight. */
  readonly refusals?: readonly number[]
  /** Its workload leaves answers open and repeats requests, so a run must meet each dangerous window of it. */
  readonly repeats: boolean
}

/** An event that the probe counts. O6 compares its effects with the rows. */
export interface EventRule<State> {
  readonly contract: Contract
  readonly event: string
  subjectOf(data: never): string
  /** Every row whose creation published the event. */
  subjects(state: State): readonly string[]
}

/** Facts that are counted asynchronously. O9: acknowledged ≤ counted ≤ acknowledged + open. */
export interface CounterRule<State> {
  readonly noun: string
  readonly facts: string
  /** The call that causes a fact. */
  readonly op: string
  isAcknowledged(call: Call): boolean
  /** Subjects whose counts cannot be compared, such as deleted rows. */
  ignored(calls: readonly Call[]): ReadonlySet<string | undefined>
  counts(state: State): readonly { readonly id: string; readonly total: number; readonly summed: number }[]
}

/** O7: which call ends a session, and which calls must be refused afterwards. Their subject is the session. */
export interface SessionRule {
  readonly end: string
  readonly uses: readonly string[]
}

export interface ChaosSystem<State extends SystemState = SystemState> {
  readonly name: string
  /** Absent where the system has a run of its own. */
  readonly workload?: Workload
  /** Reads its rows, in the snapshot of the run. */
  readState(sql: Sql): Promise<State>
  /** Parts of the state that change until background work is done; a run is judged when they stand still. */
  unsettled?(state: State): unknown
  readonly creates?: readonly CreateRule<State>[]
  readonly events?: readonly EventRule<State>[]
  readonly counters?: readonly CounterRule<State>[]
  readonly sessions?: readonly SessionRule[]
  /** Operations that ask for an object of another account. O11: none of them succeeds. */
  readonly foreignReads?: readonly string[]
  /** What no rule above can express. */
  readonly findings?: Partial<Record<OracleName, Finder<SystemEvidence<State>>>>
  /** Counts of what a run must have met at least once. */
  sometimes?(calls: readonly Call[]): Readonly<Record<string, number>>
  /** Texts from the calls that no log may contain. */
  secretsIn?(calls: readonly Call[]): readonly string[]
  /** The system broken on purpose, one promise each. */
  readonly mutants?: Readonly<Record<string, Mutant>>
}

/** Checks a system against its own type of state, then hides that type. */
export function defineChaosSystem<State extends SystemState>(system: ChaosSystem<State>): ChaosSystem {
  return system as unknown as ChaosSystem
}

/** An event rule whose `subjectOf` is checked against the contract. */
export function countedEvent<State, C extends Contract, K extends keyof C['events'] & string>(
  contract: C,
  event: K,
  rule: { subjectOf(data: EventData<C, K>): string; subjects(state: State): readonly string[] },
): EventRule<State> {
  return { contract, event, ...(rule as Pick<EventRule<State>, 'subjectOf' | 'subjects'>) }
}
