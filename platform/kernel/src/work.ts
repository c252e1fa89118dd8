/** Background work: events of other modules, and jobs. */
import type { answers, Contract } from '@octet/contracts'
import type { EventData, Tx } from '@octet/db'
import type { Attempt, JobSpec, Json, When } from '@octet/jobs'
import type { Static } from 'typebox'

/** A module's interest in another's event. */
export interface Subscription<Ctx> {
  /** `any`: whichever module publishes it. */
  readonly contract: Contract | 'any'
  readonly event: string
  /** Names the effect in the inbox; unique in the module and never renamed, or old events would act again. */
  readonly handler: string
  readonly handle: (ctx: Ctx, tx: Tx, data: never) => Promise<void>
}

/** `on(identity, 'owner-created', takeOverExamples)`. The handler's effects go through `tx`, beside the inbox row. */
export function on<Ctx, C extends Contract, K extends keyof C['events'] & string>(
  contract: C,
  event: K,
  handle: (ctx: Ctx, tx: Tx, data: EventData<C, K>) => Promise<void>,
): Subscription<Ctx> {
  return { contract, event, handler: handle.name, handle: handle as Subscription<Ctx>['handle'] }
}

/** The same for the floor's events, which every module publishes: `onAnyModule('user-erased', …)`. */
export function onAnyModule<Ctx, K extends keyof typeof answers>(
  event: K,
  handle: (ctx: Ctx, tx: Tx, data: Static<(typeof answers)[K]['data']>) => Promise<void>,
): Subscription<Ctx> {
  return { contract: 'any', event, handler: handle.name, handle: handle as Subscription<Ctx>['handle'] }
}

/** Whether the subscription wants `<module>.<event>`. */
export function wants({ contract, event }: Subscription<never>, published: string): boolean {
  if (contract === 'any') return published.slice(published.indexOf('.') + 1) === event
  return published === `${contract.name}.${event}`
}

/** Timed or enqueued work of a module; its context acts for the module itself. */
export interface ModuleJob<Ctx> extends Omit<JobSpec, 'run'> {
  /** `module.what-it-does`. */
  readonly name: string
  /** Run again and again, each time by one process of all; absent for jobs that are only enqueued. */
  readonly when?: When
  readonly run: (ctx: Ctx, payload: Json, attempt: Attempt) => Promise<void>
}
