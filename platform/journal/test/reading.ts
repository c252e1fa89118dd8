/** Reads a whole journal through the shipper, for an empty sink. */
import { type Journal, type Log, ship } from '../src/index.ts'

export interface LogLine {
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly details: Record<string, unknown>
}

export function recordingLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const add = (level: LogLine['level']) => (details: object, message: string) =>
    void lines.push({ level, message, details: { ...details } })
  return { lines, warn: add('warn'), error: add('error') }
}

/** Every record, oldest first, and the number of losses reported on the way. */
export async function readAll(journal: Journal): Promise<{ records: string[]; losses: number }> {
  const records: string[] = []
  const shipper = ship({
    journal,
    position: async () => undefined,
    handle: async batch => {
      for (const record of batch.records) records.push(record.toString())
    },
  })
  const isAllShipped = await shipper.drain(5_000)
  const { losses } = shipper.stats()
  if (!isAllShipped) throw new Error('reading the journal took more than 5 s')
  return { records, losses }
}
