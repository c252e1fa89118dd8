/** Background work: events of other modules, and jobs. */
import type { answers, Contract } from '@octet/contracts'
import type { EventData, Tx } from '@octet/db'
import type { Attempt, Job, JobSpec, When } from '@octet/jobs'
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

/** Timed or enqueued work of a module; its context acts for the module itself. Made by {@link onJob}. */
export interface ModuleJob<Ctx> extends Omit<JobSpec, 'run'> {
  readonly job: Job
  /** Run again and again, each time by one process of all; absent for jobs that are only enqueued. */
  readonly when?: When
  /** `payload` has been checked: it is what `job` declares. */
  readonly run: (ctx: Ctx, payload: unknown, attempt: Attempt) => Promise<void>
}

type JobOptions<P> = Omit<JobSpec, 'run'> & {
  /** Only a job without a payload can run by the clock alone. */
  readonly when?: Record<never, never> extends P ? When : never
}

/** `onJob(fetchTitleJob, fetchTitle, { timeoutMs: 20_000 })`. The use case gets what the job declares. */
export function onJob<Ctx, P>(
  job: Job<P>,
  run: (ctx: Ctx, payload: NoInfer<P>, attempt: Attempt) => Promise<void>,
  options: JobOptions<NoInfer<P>> = {},
): ModuleJob<Ctx> {
  return { ...options, job, run: run as ModuleJob<Ctx>['run'] }
}
