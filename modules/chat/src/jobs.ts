/** Timed work → use cases. */
import { sweepFiles } from './delete-file.ts'

export const jobs = [
  { name: 'chat.sweep-files', when: { everyMs: 30_000 }, timeoutMs: 60_000, attemptsMax: 1, run: sweepFiles },
]
