/** A sink that outlives kill -9: one line per batch, written in one call, with the position beside the effect. */
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import type { Batch, Position } from '../src/index.ts'

interface Line {
  readonly to: Position
  readonly records: string[]
}

export function fileSink(path: string) {
  function lines(): Line[] {
    if (!existsSync(path)) return []
    const text = readFileSync(path, 'utf8')
    const wholeLines = text.slice(0, text.lastIndexOf('\n') + 1)
    if (wholeLines.length < text.length) truncateSync(path, Buffer.byteLength(wholeLines))
    return wholeLines.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Line]))
  }
  return {
    records: () => lines().flatMap(line => line.records),
    position: async () => lines().at(-1)?.to,
    handle: async ({ to, records }: Batch) => {
      const line: Line = { to, records: records.map(record => record.toString()) }
      appendFileSync(path, `${JSON.stringify(line)}\n`)
    },
  }
}
