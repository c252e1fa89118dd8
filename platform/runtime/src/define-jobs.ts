/** The background jobs of a process. */
import type { Contract } from '@octet/contracts'
import { type Db, forgetOld } from '@octet/db'
import { type Jobs, job } from '@octet/jobs'
import { type AnyModule, type Host, type ModuleJob, notificationJob, serviceRequest } from '@octet/kernel'
import type { PostOffice } from '@octet/mail'
import { parseTraceparent, type Tracer } from '@octet/observe'

const keysKeptHours = 24
const forgetEveryMs = 60 * 60_000
const jobTimeoutMs = 60_000
const forgetOldJob = job('platform.forget-old')

interface JobParts {
  /** All modules of the installation, also those that other processes serve. */
  readonly modules: readonly AnyModule[]
  readonly tracer: Tracer
  readonly host: Host
  readonly databases: ReadonlyMap<string, Db>
  readonly mail: PostOffice
}

/** Defines the jobs of the served modules, of mail and of the platform. A run continues the trace that enqueued it. */
export function defineJobs(jobs: Jobs, { modules, host, databases, mail, tracer }: JobParts): void {
  for (const module of host.modules) {
    const name = (module.contract as Contract).name
    for (const { job, when, run, ...spec } of jobsOf(module, { modules, call: host.call })) {
      jobs.define(job, {
        ...spec,
        run: async (payload, attempt) => {
          const span = tracer.startSpan(`job ${job.name}`, parseTraceparent(attempt.traceparent), 'consumer')
          const request = { ...serviceRequest(name, attempt.id, spec.timeoutMs ?? jobTimeoutMs), span }
          try {
            await run(host.contextOf(name, request), payload, attempt)
          } catch (error) {
            span.fail(error)
            throw error
          } finally {
            span.end()
          }
        },
      })
      if (when !== undefined) jobs.schedule(job, when, {})
    }
    const delivery = mail.jobOf(name)
    jobs.define(delivery.job, delivery.spec)
  }
  jobs.define(forgetOldJob, {
    run: async () => {
      for (const db of databases.values()) await forgetOld(db, keysKeptHours)
      await mail.prune()
    },
  })
  jobs.schedule(forgetOldJob, { everyMs: forgetEveryMs }, {})
}

/** The module's own jobs, and the one that delivers its notifications. */
function jobsOf(module: AnyModule, delivery: Parameters<typeof notificationJob>[1]): ModuleJob<unknown>[] {
  const notifications = notificationJob(module, delivery)
  const own = (module.jobs ?? []) as readonly ModuleJob<unknown>[]
  return notifications === undefined ? [...own] : [...own, notifications as ModuleJob<unknown>]
}
