/** Jobs and schedules → use cases. */

import { sweepFiles } from './files/delete-file.ts'
import { endDeadLeases } from './presence/list-presence.ts'
import { fetchPreview } from './previews/fetch-preview.ts'

export const jobs = [
  { name: 'chat.fetch-preview', timeoutMs: 60_000, attemptsMax: 2, concurrencyMax: 4, run: fetchPreview },
  { name: 'chat.end-dead-leases', when: { everyMs: 5_000 }, attemptsMax: 1, run: endDeadLeases },
  { name: 'chat.sweep-files', when: { everyMs: 30_000 }, timeoutMs: 60_000, attemptsMax: 1, run: sweepFiles },
]
