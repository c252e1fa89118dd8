/** What the driver and the cluster's process say to each other. */
import type { Fault, Plan } from '../plan.ts'

export interface ClusterOptions {
  readonly dir: string
  /** `dir` goes with the cluster. */
  readonly isTemporary: boolean
  readonly servers: number
  /** Ways in which the servers are broken on purpose. */
  readonly mutants?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** `alter system set …` */
  readonly postgresSettings?: Readonly<Record<string, string>>
}

export interface ClusterFacts {
  /** As superuser, past all proxies. */
  readonly databaseUrl: string
  readonly origins: readonly string[]
  /** Files. */
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

/** Not every fault can be made on every machine, or at every moment. */
export type Injected = 'injected' | 'not possible'
