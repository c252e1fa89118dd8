/** Fails the n-th call to the disk, or cuts the power there, for n = 1, 2, … until a run finishes without a fault. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JournalError, openJournal, ship } from '../src/index.ts'
import { type Fault, type MemoryDisk, type MemoryDiskOptions, memoryDisk, seededRandom } from './memory-disk.ts'
import { memorySink } from './memory-sink.ts'
import { recordingLog } from './reading.ts'

const dir = '/journal'
const limits = { segmentBytesMax: 512, bufferBytesMax: 256 }
const groups = 10
const perGroup = 3

interface History {
  readonly acked: string[]
  /** Failed, and must never appear. */
  readonly refused: string[]
  /** Failed or unanswered: may appear or not. */
  readonly unsure: Set<string>
  hasClosed: boolean
}

/** Appends groups of records and ships them; the run ends or hangs with the disk. */
async function useJournal(disk: MemoryDisk, sink: ReturnType<typeof memorySink>, history: History): Promise<void> {
  let nowMs = 0
  const log = recordingLog()
  const journal = await openJournal({ dir, disk, ...limits, log, now: () => nowMs })
  const shipper = ship({ journal, ...sink, intervalMs: 1, retryMsMax: 1, log })
  void disk.off.then(() => shipper.drain(0))
  for (let group = 0; group < groups; group += 1) {
    const records = Array.from({ length: perGroup }, (_, index) => `${group * perGroup + index} ${'.'.repeat(30)}`)
    await Promise.all(
      records.map(async record => {
        history.unsure.add(record)
        try {
          await journal.append(record)
          history.acked.push(record)
        } catch (error) {
          assert.ok(error instanceof JournalError && error.code === 'failing', String(error))
          if (error.executed === 'maybe') return
          history.refused.push(record)
        }
        history.unsure.delete(record)
      }),
    )
    nowMs += 1000
  }
  assert.equal(await shipper.drain(2_000), true, 'everything durable is shipped despite all faults')
  assert.equal(shipper.stats().losses, 0)
  await journal.close()
  history.hasClosed = true
}

interface Outcome {
  readonly disk: MemoryDisk
  readonly history: History
  /** The violations that the oracle finds; empty for a correct run. */
  readonly complaints: string[]
}

async function runWith(options: MemoryDiskOptions): Promise<Outcome> {
  const disk = memoryDisk(options)
  const sink = memorySink()
  const history: History = { acked: [], refused: [], unsure: new Set(), hasClosed: false }
  const complaints: string[] = []
  try {
    await Promise.race([useJournal(disk, sink, history), disk.off])
  } catch (error) {
    if (history.acked.length + history.refused.length + history.unsure.size > 0) complaints.push(String(error))
    // Otherwise opening failed, which is a valid outcome too.
  }
  const restarted = disk.restart()
  try {
    const journal = await openJournal({ dir, disk: restarted, ...limits, log: recordingLog() })
    if (restarted.names().some(name => name.endsWith('.unfinished'))) complaints.push('incomplete files remain')
    await journal.append('afterwards')
    const shipper = ship({ journal, ...sink, retryMsMax: 1, log: recordingLog() })
    if (!(await shipper.drain(2_000))) complaints.push('the journal is not shipped after the restart')
    if (shipper.stats().losses > 0) complaints.push('recovery reported losses')
    await journal.close()
  } catch (error) {
    complaints.push(`the journal does not open again: ${error}`)
  }
  complaints.push(...judge(history, sink.records))
  return { disk, history, complaints }
}

function judge(history: History, shipped: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const record of shipped) counts.set(record, (counts.get(record) ?? 0) + 1)
  const numbers = shipped.filter(record => record !== 'afterwards').map(record => Number.parseInt(record, 10))
  return [
    ...[...counts].filter(([, count]) => count > 1).map(([record]) => `shipped twice: ${record}`),
    ...[...history.acked, 'afterwards'].filter(record => !counts.has(record)).map(record => `lost: ${record}`),
    ...history.refused.filter(record => counts.has(record)).map(record => `refused but shipped: ${record}`),
    ...[...counts.keys()]
      .filter(record => !history.acked.includes(record) && !history.unsure.has(record) && record !== 'afterwards')
      .map(record => `never appended: ${record}`),
    ...(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number)) ? [] : ['disorder']),
  ]
}

/** Moves the fault from the first call of a run to the last. Returns all outcomes in which the fault occurred. */
async function atEveryCall(fault: (atCall: number) => Fault, options: MemoryDiskOptions = {}): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let atCall = 1; ; atCall += 1) {
    const outcome = await runWith({ ...options, fault: fault(atCall) })
    if (outcome.disk.calls < atCall) return outcomes
    outcomes.push(outcome)
  }
}

function assertHealthy(outcomes: Outcome[]): void {
  for (const [index, { complaints, disk }] of outcomes.entries()) {
    assert.deepEqual(complaints, [], `call ${index + 1} (${disk.trace[index]})`)
  }
}

for (const writesAreDurable of [true, false]) {
  const mode = writesAreDurable ? 'O_DSYNC' : 'write and fdatasync'
  for (const fault of ['EIO', 'ENOSPC', 'short-write'] as const) {
    test(`${fault} at any call: every append gets a truthful answer (${mode})`, async () => {
      const outcomes = await atEveryCall(
        atCall => (fault === 'short-write' ? { kind: fault, atCall } : { kind: 'error', atCall, code: fault }),
        { writesAreDurable, random: seededRandom(1) },
      )
      assertHealthy(outcomes)
      assert.ok(outcomes.length > 45, `${outcomes.length} calls`)
      const failures = outcomes.filter(({ history }) => history.unsure.size + history.refused.length > 0)
      assert.ok(failures.length > groups, `${failures.length} runs in which appends failed`)
      const recovered = failures.filter(({ history }) => history.hasClosed && history.acked.length > 0)
      assert.equal(recovered.length, failures.length, 'the journal goes on by itself after the fault')
    })
  }

  test(`power cut at any call: acknowledged records exist once, in order (${mode})`, async () => {
    let dangerous = 0
    for (const seed of [1, 2, 3]) {
      const outcomes = await atEveryCall(atCall => ({ kind: 'power-cut', atCall }), {
        writesAreDurable,
        random: seededRandom(seed),
      })
      assertHealthy(outcomes)
      dangerous += outcomes.filter(({ history }) => history.unsure.size > 0 && history.acked.length > 0).length
    }
    assert.ok(dangerous > 30, `only ${dangerous} runs were cut while an append was under way`)
  })
}

test('the oracle detects a disk that acknowledges before it writes', async () => {
  const outcomes = await atEveryCall(atCall => ({ kind: 'power-cut', atCall }), {
    isLying: true,
    random: seededRandom(1),
  })
  assert.ok(outcomes.some(({ complaints }) => complaints.some(complaint => complaint.startsWith('lost:'))))
})
