/** A sink in memory with the semantics of a database: effect and position change together, or not at all. */
import type { Batch, Position } from '../src/index.ts'

export function memorySink() {
  const records: string[] = []
  let stored: Position | undefined
  const batches: Pick<Batch, 'from' | 'to'>[] = []

  /** Same as `update … where (segment, offset) = from`. */
  function commit(batch: Batch): void {
    const { segment, offset } = stored ?? { segment: 0, offset: 0 }
    if (batch.from.segment !== segment || batch.from.offset !== offset) {
      throw new Error(`the position is ${segment}:${offset}, not ${batch.from.segment}:${batch.from.offset}`)
    }
    records.push(...batch.records.map(record => record.toString()))
    batches.push({ from: batch.from, to: batch.to })
    stored = batch.to
  }

  return {
    records,
    batches,
    commit,
    position: async () => stored,
    handle: async (batch: Batch) => commit(batch),
  }
}
