/**
 * A separate worker process for tests to kill. `test.once` hangs in its first attempt; `test.tick-N` are schedules.
 * Every start is written to the table `starts`.
 */
import { openPool } from '@octet/db'
import { createJobs, job } from '../src/index.ts'

const [url, schedules] = [process.argv[2]!, Number(process.argv[3])]
const sql = openPool(url, { connectionsMax: 2 })
const log = { info() {}, warn() {}, error() {} }
const jobs = createJobs({ url, log })

async function started(name: string, attempt: number): Promise<void> {
  await sql`insert into public.starts (name, attempt, pid) values (${name}, ${attempt}, ${process.pid})`
}

jobs.define(job('test.once'), {
  timeoutMs: 60_000,
  async run(_, { attempt, signal }) {
    await started('test.once', attempt)
    if (attempt === 1) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})
for (let i = 0; i < schedules; i++) {
  const tickJob = job(`test.tick-${i}`)
  jobs.define(tickJob, { run: (_, { attempt }) => started(tickJob.name, attempt) })
  jobs.schedule(tickJob, { everyMs: 3_600_000 }, {})
}
await jobs.start()
process.on('disconnect', async () => {
  await jobs.stop(0)
  await sql.end({ timeout: 1 })
})
process.send!('ready')
