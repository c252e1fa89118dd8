/** The messages between the driver and the cluster process. */
import type { Fault, Plan } from '../plan.ts'

export interface ClusterOptions {
  readonly dir: string
  /** Whether `dir` is deleted with the cluster. */
  readonly isTemporary: boolean
  readonly servers: number
  /** Mutants that the servers start with. */
  readonly mutants?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Settings for `alter system set …`. */
  readonly postgresSettings?: Readonly<Record<string, string>>
}

export interface ClusterFacts {
  /** As superuser, bypassing all proxies. */
  readonly databaseUrl: string
  readonly origins: readonly string[]
  /** Paths of the log files. */
  readonly logs: readonly string[]
}

/** A fault that is over. Times are Unix milliseconds. */
export interface ClusterEvent {
  readonly fault: Fault
  readonly fromMs: number
  readonly toMs: number
  readonly healMs: number
  readonly injected: Injected
}

export type Order =
  | { readonly do: 'open'; readonly options: ClusterOptions }
  | { readonly do: 'run'; readonly plan: Plan }
  | { readonly do: 'inject'; readonly fault: Fault }
  | { readonly do: 'heal' }
  | { readonly do: 'become'; readonly mutants: readonly string[] }
  | { readonly do: 'hits' }
  | { readonly do: 'stop' }

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** Not every fault is possible on every machine and at every moment. */
export type Injected = 'injected' | 'not possible'
