/**
 * The process that kill.test.ts kills: `node append-until-killed.ts <dir> <round> <honest|lying>`. Until then it
 * appends numbered records from 64 writers and ships them. It lists the sent and the acknowledged records in
 * `<dir>/notes`.
 */
import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Disk, nodeDisk, openJournal, ship } from '../src/index.ts'
import { fileSink } from './file-sink.ts'

const [dir = '', round = '', honesty = ''] = process.argv.slice(2)

/** The mutant: acknowledges records before it writes them. */
const lyingDisk: Disk = {
  ...nodeDisk,
  write: (file, bytes, position, done) => {
    // The header is written honestly; otherwise the journal could not be opened again.
    if (position === 0) return nodeDisk.write(file, bytes, position, done)
    const copy = Buffer.from(bytes)
    setTimeout(() => nodeDisk.write(file, copy, position, () => {}), 20)
    setImmediate(done, null, bytes.byteLength)
  },
}

const notes = openSync(join(dir, 'notes'), 'a')
const disk = honesty === 'lying' ? lyingDisk : nodeDisk
// The mutant's shipper finds gaps and logs many errors.
const log = honesty === 'lying' ? { warn: () => {}, error: () => {} } : undefined
const journal = await openJournal({
  dir: join(dir, 'journal'),
  disk,
  log,
  segmentBytesMax: 1 << 18,
  bufferBytesMax: 1 << 17,
})
ship({ journal, ...fileSink(join(dir, 'sink')), intervalMs: 10 })

let count = 0
function appendNext(): void {
  count += 1
  const record = `${round}-${count}`
  writeSync(notes, `sent ${record}\n`)
  journal.append(record, error => {
    if (error) throw error
    writeSync(notes, `acked ${record}\n`)
    appendNext()
  })
}
for (let writer = 0; writer < 64; writer += 1) appendNext()
