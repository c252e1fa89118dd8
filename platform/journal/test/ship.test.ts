import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Batch, type Journal, openJournal, type ShipOptions, type Shipper, ship } from '../src/index.ts'
import { type MemoryDisk, memoryDisk } from './memory-disk.ts'
import { memorySink } from './memory-sink.ts'
import { recordingLog } from './reading.ts'

const dir = '/journal'
const small = { segmentBytesMax: 1024, bufferBytesMax: 512 }
/** The shortest intervals: tests control the order of events, not the time. */
const prompt = { intervalMs: 1, retryMsMax: 1 }

async function open(disk: MemoryDisk = memoryDisk(), limits: object = small) {
  const log = recordingLog()
  return { disk, log, journal: await openJournal({ dir, disk, log, ...limits }) }
}

/** Ships until the test ends, whatever its outcome. */
function started(t: TestContext, options: ShipOptions): Shipper {
  const shipper = ship(options)
  t.after(() => shipper.drain(0))
  return shipper
}

async function appendNumbers(journal: Journal, from: number, to: number): Promise<string[]> {
  const records = Array.from({ length: to - from }, (_, index) => `record ${from + index}`)
  for (const record of records) await journal.append(record)
  return records
}

/** Waits until the condition is true; fails after 2 s. */
async function until(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 2_000
  while (!isTrue()) {
    assert.ok(Date.now() < deadlineMs, `waited 2 s for ${isTrue}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { open, opened }
}

test('batches arrive in order, without a gap, and within both limits', async t => {
  const { journal } = await open()
  const records = await appendNumbers(journal, 0, 200)
  for (const limits of [{ batchRecordsMax: 7 }, { batchBytesMax: 100 }]) {
    const sink = memorySink()
    const sizes: number[] = []
    const handle = async (batch: Batch) => {
      sizes.push('batchRecordsMax' in limits ? batch.records.length : Buffer.concat(batch.records).byteLength)
      assert.equal(batch.journalId, journal.id)
      sink.commit(batch)
    }
    // Nothing is deleted below, so that the second round reads the same.
    const kept = { ...journal, shipping: { ...journal.shipping, release: async () => {} } }
    const shipper = started(t, { journal: kept, position: sink.position, handle, ...limits })
    assert.equal(await shipper.drain(2_000), true)
    assert.deepEqual(sink.records, records)
    assert.ok(Math.max(...sizes) <= ('batchRecordsMax' in limits ? 7 : 100))
    assert.ok(sizes.length >= 200 / 7)
    for (const [index, batch] of sink.batches.entries()) {
      assert.deepEqual(batch.from, index === 0 ? { segment: 0, offset: 0 } : sink.batches[index - 1]?.to)
    }
  }
  await journal.close()
})

test('a record longer than a batch is still shipped', async t => {
  const { journal } = await open(memoryDisk(), {})
  const sink = memorySink()
  const records = ['short', 'x'.repeat(10_000), 'short again']
  for (const record of records) await journal.append(record)
  assert.equal(await started(t, { journal, ...sink, batchBytesMax: 50 }).drain(2_000), true)
  assert.deepEqual(sink.records, records)
  await journal.close()
})

for (const when of ['before', 'after'] as const) {
  test(`a sink that fails ${when} its commit, at any batch, gets every record exactly once`, async t => {
    for (let failAt = 1; failAt <= 12; failAt += 1) {
      const { journal, log } = await open()
      const records = await appendNumbers(journal, 0, 60)
      const sink = memorySink()
      let calls = 0
      const handle = async (batch: Batch) => {
        calls += 1
        const isFailing = calls === failAt || calls === failAt + 1
        if (isFailing && when === 'before') throw new Error('the connection is gone')
        sink.commit(batch)
        if (isFailing && when === 'after') throw new Error('the answer to COMMIT is lost')
      }
      const shipper = started(t, { journal, position: sink.position, handle, batchRecordsMax: 5, ...prompt })
      assert.equal(await shipper.drain(2_000), true)
      assert.deepEqual(sink.records, records)
      assert.equal(shipper.stats().failedAttempts, 2)
      assert.equal(log.lines.filter(line => line.message.includes('shipping failed')).length, 2)
      await journal.close()
    }
  })
}

test('a handler that times out and commits later does not count its batch twice', async t => {
  const { journal } = await open()
  const records = await appendNumbers(journal, 0, 10)
  const sink = memorySink()
  const late = gate()
  const signals: AbortSignal[] = []
  let hasLateCommitted = false
  const handle = async (batch: Batch) => {
    signals.push(batch.signal)
    if (signals.length === 1) {
      await late.opened
      sink.commit(batch)
      hasLateCommitted = true
      return
    }
    // The first attempt commits during the second, after the second requested the position.
    if (signals.length === 2) {
      late.open()
      await until(() => hasLateCommitted)
    }
    sink.commit(batch)
  }
  const shipper = started(t, { journal, position: sink.position, handle, timeoutMs: 20, ...prompt })
  await until(() => sink.records.length >= 10 && shipper.stats().backlogBytes === 0)
  assert.deepEqual(sink.records, records)
  assert.equal(signals[0]?.aborted, true)
  assert.equal(await shipper.drain(2_000), true)
  await journal.close()
})

test('a sink that hangs is retried after its timeout', async t => {
  const { journal } = await open()
  const records = await appendNumbers(journal, 0, 3)
  const sink = memorySink()
  let calls = 0
  const handle = (batch: Batch) => {
    calls += 1
    return calls === 1 ? new Promise<void>(() => {}) : sink.handle(batch)
  }
  const shipper = started(t, { journal, position: sink.position, handle, timeoutMs: 10, ...prompt })
  await until(() => sink.records.length === 3)
  assert.deepEqual(sink.records, records)
  assert.equal(await shipper.drain(2_000), true)
  await journal.close()
})

test('a segment is deleted only after the sink has confirmed all of it', async t => {
  const { journal, disk } = await open()
  await appendNumbers(journal, 0, 150)
  const segments = () => disk.names().filter(name => name.endsWith('.segment'))
  const before = segments()
  assert.equal(before.length, 3)
  const sink = memorySink()
  const first = gate()
  let calls = 0
  const handle = async (batch: Batch) => {
    calls += 1
    if (calls === 2) await first.opened
    sink.commit(batch)
  }
  const shipper = started(t, { journal, position: sink.position, handle, batchRecordsMax: 54, ...prompt })
  await until(() => calls === 2)
  assert.deepEqual(segments(), before, 'the first batch ends before its segment does')
  first.open()
  assert.equal(await shipper.drain(2_000), true)
  assert.deepEqual(segments(), before.slice(-1), 'the last segment stays, because numbering continues from it')
  assert.equal(journal.stats().segments, 1)
  await journal.close()
})

test('a crash between commit and deletion ships nothing twice and leaves no segment behind', async t => {
  const { journal, disk } = await open()
  const records = await appendNumbers(journal, 0, 150)
  const sink = memorySink()
  const undeleted = { ...journal, shipping: { ...journal.shipping, release: async () => {} } }
  assert.equal(await started(t, { journal: undeleted, ...sink, ...prompt }).drain(2_000), true)
  assert.equal(disk.names().filter(name => name.endsWith('.segment')).length, 3)
  const again = await open(disk.restart())
  await again.journal.append('after the restart')
  assert.equal(await started(t, { journal: again.journal, ...sink, ...prompt }).drain(2_000), true)
  assert.deepEqual(sink.records, [...records, 'after the restart'])
  assert.equal(again.disk.names().filter(name => name.endsWith('.segment')).length, 1)
  await journal.close()
  await again.journal.close()
})

test('an append wakes the shipper, and a full batch does not wait for the interval', async t => {
  const { journal } = await open(memoryDisk(), {})
  const sink = memorySink()
  const shipper = started(t, { journal, ...sink, intervalMs: 60_000, batchBytesMax: 1_000 })
  await appendNumbers(journal, 0, 10)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(sink.records.length, 0, 'a batch that is not full waits for others')
  await journal.append('x'.repeat(1_000))
  await until(() => sink.records.length === 11)
  assert.equal(await shipper.drain(2_000), true)

  const quick = started(t, { journal, ...sink, intervalMs: 20 })
  await until(() => quick.stats().backlogBytes === 0)
  const startMs = performance.now()
  await journal.append('alone')
  await until(() => sink.records.includes('alone'))
  const tookMs = performance.now() - startMs
  assert.ok(tookMs < 500, `${tookMs} ms`)
  assert.equal(await quick.drain(2_000), true)
  await journal.close()
})

test('draining ships pending writes, without waiting for the interval', async t => {
  const { journal, disk } = await open(memoryDisk(), {})
  const sink = memorySink()
  const shipper = started(t, { journal, ...sink, intervalMs: 60_000 })
  await appendNumbers(journal, 0, 5)
  disk.isHeld = true
  const slow = journal.append('still being written')
  await until(() => disk.heldWrites === 1)
  const draining = shipper.drain(2_000)
  await until(() => sink.records.length === 5)
  disk.release()
  await slow
  assert.equal(await draining, true)
  assert.equal(sink.records.length, 6)
  await journal.close()
})

test('draining stops at its deadline, and the rest is shipped after the next start', async t => {
  const { journal } = await open()
  const records = await appendNumbers(journal, 0, 5)
  const sink = memorySink()
  const hanging: AbortSignal[] = []
  const handle = (batch: Batch) => {
    hanging.push(batch.signal)
    return new Promise<void>(() => {})
  }
  const shipper = started(t, { journal, position: sink.position, handle })
  await until(() => hanging.length === 1)
  assert.equal(await shipper.drain(10), false)
  assert.equal(hanging[0]?.aborted, true)
  assert.equal(await started(t, { journal, ...sink }).drain(2_000), true)
  assert.deepEqual(sink.records, records)
  await journal.close()
})

test('backlog and lag are numbers, and both are zero when everything is shipped', async t => {
  const { journal } = await open()
  let nowMs = 1_000_000
  let isDown = true
  const sink = memorySink()
  const handle = async (batch: Batch) => {
    if (isDown) throw new Error('down')
    sink.commit(batch)
  }
  const shipper = started(t, { journal, position: sink.position, handle, now: () => nowMs, ...prompt })
  await until(() => shipper.stats().lagMs === 0)
  nowMs += 3_600_000
  await journal.append('x'.repeat(92))
  nowMs += 5_000
  await until(() => shipper.stats().failedAttempts > 0)
  const { backlogBytes, lagMs } = shipper.stats()
  assert.deepEqual({ backlogBytes, lagMs }, { backlogBytes: 100, lagMs: 5_000 })
  isDown = false
  await until(() => shipper.stats().shippedRecords === 1)
  assert.deepEqual([shipper.stats().backlogBytes, shipper.stats().lagMs], [0, 0])
  await shipper.drain(2_000)
  await journal.close()
})

test('a position ahead of the journal stops shipping and is explained', async t => {
  const { journal, log } = await open()
  await appendNumbers(journal, 0, 5)
  const sink = memorySink()
  const position = async () => ({ segment: 9, offset: 100 })
  const shipper = started(t, { journal, position, handle: sink.handle, ...prompt })
  await until(() => shipper.stats().failedAttempts > 1)
  assert.match(String(log.lines[0]?.details.err), /restored from a backup/)
  assert.equal(sink.records.length, 0)
  assert.equal(await shipper.drain(10), false)
  await journal.close()
})

test('a journal has one shipper at a time', async t => {
  const { journal } = await open()
  const options: ShipOptions = { journal, ...memorySink() }
  const shipper: Shipper = started(t, options)
  assert.throws(() => started(t, options), /has a shipper already/)
  assert.equal(await shipper.drain(2_000), true)
  assert.equal(await started(t, options).drain(2_000), true)
  await journal.close()
})
