export { type Job, job, type PayloadOf } from './job.ts'
export {
  createJobs,
  type EnqueueOptions,
  type Jobs,
  type JobsOptions,
  jobsMigrations,
  payloadSizeBytesMax,
} from './jobs.ts'
export type { Attempt, JobSpec } from './run.ts'
export type { When } from './schedule.ts'
export type { DeadLetter, NameStats } from './store.ts'
export type { JobsLog, Outcome } from './worker.ts'
