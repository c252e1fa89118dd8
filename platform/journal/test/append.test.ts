import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { JournalError, openJournal } from '../src/index.ts'
import { type MemoryDisk, memoryDisk } from './memory-disk.ts'
import { readAll, recordingLog } from './reading.ts'

const dir = '/journal'
const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))
const small = { segmentBytesMax: 4096, bufferBytesMax: 1024 }

/** Waits until the journal writes to a disk that holds its writes. */
async function untilWriting(disk: MemoryDisk): Promise<void> {
  for (let turn = 0; disk.heldWrites === 0; turn += 1) {
    assert.ok(turn < 1_000, 'the journal writes')
    await nextTurn()
  }
}

function refusal(code: string) {
  return (error: unknown) => error instanceof JournalError && error.code === code && error.executed === 'no'
}

test('appends during a write share the next write, and none resolves before its own', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk })
  await journal.append('first')
  const settled: string[] = []
  disk.isHeld = true
  const append = (record: string) => journal.append(record).then(() => settled.push(record))
  const writesBefore = disk.trace.length
  const early = ['a', 'b', 'c'].map(append)
  await untilWriting(disk)
  const late = ['d', 'e'].map(append)
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  assert.deepEqual(disk.trace.slice(writesBefore), ['write'], 'the second write waits for the first')
  assert.deepEqual(settled, [])
  disk.release()
  await Promise.all(early)
  assert.deepEqual(settled, ['a', 'b', 'c'])
  await untilWriting(disk)
  disk.release()
  await Promise.all(late)
  assert.deepEqual(disk.trace.slice(writesBefore), ['write', 'write'])
  assert.equal(journal.stats().commits, 3)
  await journal.close()
})

for (const writesAreDurable of [true, false]) {
  const way = writesAreDurable ? 'O_DSYNC' : 'write and fdatasync'
  test(`an acknowledged record survives a power cut (${way})`, async () => {
    const disk = memoryDisk({ writesAreDurable })
    const journal = await openJournal({ dir, disk, ...small })
    for (let number = 0; number < 200; number += 1) {
      const record = `record ${number} with some length to it`
      await journal.append(record)
      assert.ok(disk.durableText().includes(record), record)
    }
    await journal.close()
  })
}

test('records come back unchanged: text, bytes, other alphabets and the longest record', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk })
  const longest = 'x'.repeat(1 << 20)
  const records = ['plain', 'Ωmega – ελληνικά 日本語 🙂', 'é'.repeat(60_000), longest, '\0', 'last']
  for (const record of records) await journal.append(record.length % 2 ? Buffer.from(record) : record)
  assert.deepEqual((await readAll(journal)).records, records)
  await journal.close()
})

test('the buffer is bounded: an append beyond it is refused at once, and accepted ones are kept', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, ...small })
  await journal.append('opens the segment')
  disk.isHeld = true
  const accepted = Array.from({ length: 10 }, () => journal.append('x'.repeat(92)))
  await assert.rejects(journal.append('y'.repeat(92)), refusal('full'))
  await untilWriting(disk)
  await assert.rejects(journal.append('é'.repeat(46)), refusal('full'), 'bytes being written count too')
  assert.equal(journal.stats().waitingBytes, 1000)
  const exactFit = journal.append('y'.repeat(16))
  disk.isHeld = false
  disk.release()
  await Promise.all([...accepted, exactFit])
  await journal.append('there is room again')
  assert.equal(journal.stats().refusedRecords, 2)
  assert.equal((await readAll(journal)).records.length, 13)
  await journal.close()
})

test('the disk use is bounded: appends are refused until the sink has taken some', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, ...small, diskBytesMax: 10_000 })
  const append = () => journal.append('x'.repeat(400))
  let accepted = 0
  await assert.rejects(async () => {
    for (; accepted < 1000; accepted += 1) await append()
  }, refusal('full'))
  assert.ok(accepted > 20 && accepted < 30, `${accepted} records of 408 bytes fit into 10,000`)
  assert.equal((await readAll(journal)).records.length, accepted)
  await append()
  await journal.close()
})

test('a record that is too long or empty is refused as invalid', async () => {
  const journal = await openJournal({ dir, disk: memoryDisk(), ...small })
  await assert.rejects(journal.append('x'.repeat(2000)), refusal('record-size'))
  await assert.rejects(journal.append(new Uint8Array(0)), refusal('record-size'))
  await journal.append('x'.repeat(1016))
  await journal.close()
})

test('contradictory limits are refused', async () => {
  const options = { dir, disk: memoryDisk(), segmentBytesMax: 1000, bufferBytesMax: 1000 }
  await assert.rejects(openJournal(options), RangeError)
})

test('a directory can be open once per process, and again after it is closed', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk })
  const refused = (error: unknown) => error instanceof JournalError && error.code === 'unusable'
  await assert.rejects(openJournal({ dir: '/journal/../journal', disk }), refused)
  await journal.close()
  const again = await openJournal({ dir, disk })
  assert.equal(again.id, journal.id)
  await again.close()
})

test('closing waits for accepted appends and refuses later ones', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk })
  await journal.append('a')
  disk.isHeld = true
  const accepted = journal.append('b')
  let isClosed = false
  const closing = journal.close().then(() => {
    isClosed = true
  })
  await assert.rejects(journal.append('too late'), refusal('closed'))
  await untilWriting(disk)
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  assert.equal(isClosed, false)
  disk.isHeld = false
  disk.release()
  await closing
  await accepted
  const again = await openJournal({ dir, disk })
  assert.deepEqual((await readAll(again)).records, ['a', 'b'])
  await again.close()
})

test('a callback that throws does not delay the others, and its error is not swallowed', async () => {
  const journal = await openJournal({ dir, disk: memoryDisk() })
  const thrown: unknown[] = []
  process.setUncaughtExceptionCaptureCallback(error => void thrown.push(error))
  try {
    const bug = new Error('a bug in the caller')
    journal.append('a', () => {
      throw bug
    })
    await journal.append('b')
    await nextTurn()
    assert.deepEqual(thrown, [bug])
  } finally {
    process.setUncaughtExceptionCaptureCallback(null)
  }
  await journal.append('c')
  await journal.close()
})

test('a callback does not run in the async context of another append', async () => {
  const context = new AsyncLocalStorage<string>()
  const journal = await openJournal({ dir, disk: memoryDisk() })
  const seen = await context.run('request 1', () => {
    const first = new Promise(resolve => journal.append('a', () => resolve(context.getStore())))
    const second = context.run(
      'request 2',
      () => new Promise(done => journal.append('b', () => done(context.getStore()))),
    )
    return Promise.all([first, second])
  })
  assert.deepEqual(seen, [undefined, undefined])
  await journal.close()
})

test('segments are filled with zeros ahead, within their limit', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, segmentBytesMax: 2_500_000, bufferBytesMax: 100_000 })
  const sizes = new Set<number>()
  for (let number = 0; number < 60; number += 1) {
    await journal.append('x'.repeat(50_000))
    const last = disk.content(disk.names().findLast(name => name.endsWith('.segment')) as string)
    sizes.add(last.byteLength)
  }
  assert.deepEqual([...sizes], [1 << 20, 1 << 21, 2_500_000])
  const { endBytes } = journal.shipping.store.segments[1] as { endBytes: number }
  const reserved = disk.content('0000000002.segment').subarray(endBytes)
  assert.ok(reserved.byteLength > 0 && reserved.every(byte => byte === 0))
  await journal.close()
})

test('after a failed write all waiting appends fail, and the failed record never appears later', async () => {
  const disk = memoryDisk({ random: () => 0 })
  const log = recordingLog()
  let nowMs = 0
  const journal = await openJournal({ dir, disk, log, now: () => nowMs })
  await journal.append('before')
  disk.isHeld = true
  disk.fault = { kind: 'error', atCall: disk.calls + 1, code: 'EIO' }
  const first = journal.append('being written')
  await untilWriting(disk)
  const outcomes = Promise.allSettled([first, journal.append('next')])
  disk.isHeld = false
  disk.release()
  const errors = (await outcomes).map(outcome => outcome.status === 'rejected' && outcome.reason)
  assert.deepEqual(
    errors.map(error => [error.code, error.executed]),
    [
      ['failing', 'maybe'],
      ['failing', 'no'],
    ],
  )
  const calls = disk.calls
  await assert.rejects(journal.append('too soon'), refusal('failing'))
  assert.equal(disk.trace.slice(calls).join(), '', 'a failing disk is not retried at once')
  assert.equal(journal.stats().isFailing, true)
  nowMs += 1_000
  await journal.append('after')
  assert.equal(journal.stats().isFailing, false)
  assert.deepEqual(
    log.lines.map(line => line.level),
    ['error', 'warn'],
  )
  await journal.close()
  const again = await openJournal({ dir, disk: disk.restart() })
  assert.deepEqual((await readAll(again)).records, ['before', 'after'])
  await again.close()
})

test('segments stay within their limit, and the statistics are right', async () => {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, ...small })
  for (let number = 0; number < 100; number += 1) await journal.append('x'.repeat(100 + number))
  const segments = disk.names().filter(name => name.endsWith('.segment'))
  assert.ok(segments.length > 3)
  for (const name of segments) assert.ok(disk.content(name).byteLength <= small.segmentBytesMax)
  const { appendedRecords, diskBytes, waitingRecords, isFailing, ...stats } = journal.stats()
  assert.deepEqual(
    { appendedRecords, waitingRecords, isFailing },
    { appendedRecords: 100, waitingRecords: 0, isFailing: false },
  )
  assert.equal(stats.segments, segments.length)
  assert.ok(diskBytes > 100 * 158)
  await journal.close()
})

test('on the real disk, records survive append, close and open, and are shipped', async t => {
  const realDir = await mkdtemp(join(tmpdir(), 'journal test '))
  t.after(() => rm(realDir, { recursive: true }))
  const log = recordingLog()
  const journal = await openJournal({ dir: join(realDir, 'a', 'b'), log })
  const records = Array.from({ length: 5000 }, (_, number) => `record ${number}`)
  await Promise.all(records.map(record => journal.append(record)))
  await journal.close()
  const again = await openJournal({ dir: join(realDir, 'a', 'b'), log })
  await again.append('one more')
  assert.deepEqual((await readAll(again)).records, [...records, 'one more'])
  await again.close()
  assert.deepEqual(log.lines, [])
})
