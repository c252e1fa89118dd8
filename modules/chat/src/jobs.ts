/** Jobs and schedules → use cases. */

import { job } from '@octet/jobs'
import { onJob } from '@octet/kernel'
import { sweepFiles } from './files/delete-file.ts'
import { fetchPreviewJob } from './messages/request-preview.ts'
import { endDeadLeases } from './presence/list-presence.ts'
import { fetchPreview } from './previews/fetch-preview.ts'

export const jobs = [
  onJob(fetchPreviewJob, fetchPreview, { timeoutMs: 60_000, attemptsMax: 2, concurrencyMax: 4 }),
  onJob(job('chat.end-dead-leases'), endDeadLeases, { when: { everyMs: 5_000 }, attemptsMax: 1 }),
  onJob(job('chat.sweep-files'), sweepFiles, { when: { everyMs: 30_000 }, timeoutMs: 60_000, attemptsMax: 1 }),
]
