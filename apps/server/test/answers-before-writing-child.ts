/** The mutant of click-durability.test.ts: Octet on a disk that says a click is written some time before it is. */
import { setTimeout as delay } from 'node:timers/promises'
import { nodeDisk, type WriteDone } from '@octet/journal'

const lateMs = 30
const { read, write } = nodeDisk

Object.assign(nodeDisk, {
  write(file: number, bytes: Uint8Array, position: number, done: WriteDone): void {
    // The start of a segment is written honestly, or the next start could not even open the journal.
    if (position === 0) {
      write(file, bytes, position, done)
      return
    }
    const copy = Uint8Array.from(bytes)
    setTimeout(() => write(file, copy, position, () => {}), lateMs)
    setImmediate(done, null, bytes.byteLength)
  },
  // Only a kill can lose what was reported as written.
  async read(...where: Parameters<typeof read>): Promise<number> {
    await delay(lateMs * 3)
    return read(...where)
  },
})

process.argv.push('--source')
await import('../src/main.ts')
