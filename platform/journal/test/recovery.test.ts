import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JournalError, openJournal } from '../src/index.ts'
import { type MemoryDisk, memoryDisk } from './memory-disk.ts'
import { readAll, recordingLog } from './reading.ts'

const dir = '/journal'
const small = { segmentBytesMax: 1024, bufferBytesMax: 512 }
const frameBytes = (record: string) => 8 + Buffer.byteLength(record)
const headerBytes = 36

/** A disk on which each of `groups` was appended as one commit. */
async function diskWith(groups: string[][], limits = {}): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, ...limits })
  for (const group of groups) await Promise.all(group.map(record => journal.append(record)))
  await journal.close()
  return disk
}

async function reopen(disk: MemoryDisk) {
  const log = recordingLog()
  const journal = await openJournal({ dir, disk: disk.restart(), ...small, log })
  await journal.append('appended after recovery')
  const read = await readAll(journal)
  await journal.close()
  return { ...read, log: log.lines }
}

function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[offset] = (copy[offset] as number) ^ 0x10
  return copy
}

const lastSegment = '0000000001.segment'
const kept = [['one'], ['two', 'three'], ['four']]
const lastGroup = ['the last record', 'and one more']
const lastGroupBytes = lastGroup.reduce((sum, record) => sum + frameBytes(record), 0)
const keptBytes = headerBytes + kept.flat().reduce((sum, record) => sum + frameBytes(record), 0)

test('a write torn at any byte is cut off, and records before it and after recovery are kept', async () => {
  const disk = await diskWith([...kept, lastGroup], small)
  const whole = disk.content(lastSegment)
  for (let tornAt = 0; tornAt < lastGroupBytes; tornAt += 1) {
    const head = whole.subarray(0, keptBytes + tornAt)
    const garbage = Buffer.alloc(40, 0xa7)
    for (const torn of [head, Buffer.concat([head, Buffer.alloc(100)]), Buffer.concat([head, garbage])]) {
      disk.replace(lastSegment, torn)
      const { records, losses } = await reopen(disk)
      const whole1 = tornAt >= frameBytes(lastGroup[0] as string) ? lastGroup.slice(0, 1) : []
      const expected = [...kept.flat(), ...whole1, 'appended after recovery']
      assert.deepEqual(records, expected, `torn at ${tornAt} of ${lastGroupBytes}`)
      assert.equal(losses, 0)
    }
  }
})

test('a flipped bit anywhere in the last write is detected, and nothing before it is changed', async () => {
  const disk = await diskWith([...kept, lastGroup], small)
  const whole = disk.content(lastSegment)
  for (let at = 0; at < lastGroupBytes; at += 1) {
    disk.replace(lastSegment, flipped(whole, keptBytes + at))
    const { records, log } = await reopen(disk)
    const intact = at < frameBytes(lastGroup[0] as string) ? [] : lastGroup.slice(0, 1)
    assert.deepEqual(records, [...kept.flat(), ...intact, 'appended after recovery'], `flipped at ${at}`)
    assert.match(log[0]?.message ?? '', /unfinished write/)
  }
})

test('a damaged acknowledged record is reported, saved and costs no other record', async () => {
  const groups = Array.from({ length: 13 }, (_, number) => [`record ${number + 10} ${'x'.repeat(150)}`])
  const disk = await diskWith(groups, small)
  const names = disk.names().filter(name => name.endsWith('.segment'))
  assert.equal(names.length, 3)
  const bytesOf = frameBytes(groups[0]?.[0] as string)
  for (const [index, name] of names.entries()) {
    for (const offsetInFrame of [0, 5, 7, 100]) {
      const damaged = disk.restart()
      damaged.replace(name, flipped(damaged.content(name), headerBytes + bytesOf + offsetInFrame))
      const log = recordingLog()
      const journal = await openJournal({ dir, disk: damaged, ...small, log })
      await journal.append('afterwards')
      const { records, losses } = await readAll(journal)
      const perSegment = Math.floor((small.segmentBytesMax - headerBytes) / bytesOf)
      const lost = groups[index * perSegment + 1]?.[0]
      const expected = [...groups.flat().filter(record => record !== lost), 'afterwards']
      assert.deepEqual(records, expected, `${name} at ${offsetInFrame}`)
      assert.equal(losses, 1)
      const report = log.lines.find(line => line.message.includes('are skipped'))
      assert.equal(report?.level, 'error')
      assert.equal(report?.details.lostBytes, bytesOf)
      assert.equal(damaged.content(`${name}.${headerBytes + bytesOf}.damaged`).byteLength, bytesOf)
      await journal.close()
    }
  }
})

test('a missing or shortened segment is reported, and the others are read', async () => {
  const groups = Array.from({ length: 12 }, (_, number) => [`record ${number} ${'x'.repeat(150)}`])
  const whole = await diskWith(groups, small)
  const without = async (change: (disk: MemoryDisk) => unknown) => {
    const disk = whole.restart()
    await change(disk)
    const { records, losses, log } = await reopen(disk)
    assert.ok(log.some(line => line.level === 'error'))
    return { numbers: records.map(record => Number(record.split(' ')[1])), losses }
  }
  const middle = '0000000002.segment'
  assert.deepEqual(await without(disk => disk.remove(`${dir}/${middle}`)), {
    numbers: [0, 1, 2, 3, 4, 10, 11, Number.NaN],
    losses: 1,
  })
  assert.deepEqual(await without(disk => disk.remove(`${dir}/0000000001.segment`)), {
    numbers: [5, 6, 7, 8, 9, 10, 11, Number.NaN],
    losses: 1,
  })
  assert.deepEqual(await without(disk => disk.replace(middle, disk.content(middle).subarray(0, 500))), {
    numbers: [0, 1, 2, 3, 4, 5, 6, 10, 11, Number.NaN],
    losses: 1,
  })
})

test('data in the page cache after a crash is made durable before it is shipped', async () => {
  const disk = memoryDisk({ random: () => 0 })
  const journal = await openJournal({ dir, disk, log: recordingLog() })
  await journal.append('durable')
  disk.fault = { kind: 'error', atCall: disk.calls + 1, code: 'EIO' }
  await assert.rejects(journal.append('only in the cache'))
  await journal.close()
  const restarted = disk.restart()
  assert.ok(!restarted.durableText().includes('only in the cache'))
  const again = await openJournal({ dir, disk: restarted })
  assert.ok(restarted.durableText().includes('only in the cache'))
  assert.deepEqual((await readAll(again)).records, ['durable', 'only in the cache'])
  await again.close()
})

test('an inconsistent directory is not opened', async () => {
  const unusable = (pattern: RegExp) => (error: unknown) =>
    error instanceof JournalError && error.code === 'unusable' && pattern.test(error.message)
  const whole = await diskWith(kept)
  const other = await diskWith(kept)
  const opened = async (change: (disk: MemoryDisk) => unknown) => {
    const disk = whole.restart()
    await change(disk)
    await openJournal({ dir, disk })
  }
  await assert.rejects(
    opened(disk => disk.remove(`${dir}/journal.id`)),
    unusable(/no journal\.id/),
  )
  await assert.rejects(
    opened(disk => disk.replace('journal.id', Buffer.from('not an id'))),
    unusable(/not hold a UUID/),
  )
  await assert.rejects(
    opened(disk => disk.replace(lastSegment, other.content(lastSegment))),
    unusable(/another journal/),
  )
  for (let at = 0; at < headerBytes; at += 1) {
    await assert.rejects(
      opened(disk => disk.replace(lastSegment, flipped(disk.content(lastSegment), at))),
      unusable(/damaged/),
      `header byte ${at}`,
    )
  }
})

test('a record that contains a whole frame is read as one record', async () => {
  const inner = await diskWith([['inner']])
  const frame = inner.content(lastSegment).subarray(headerBytes, headerBytes + frameBytes('inner'))
  const disk = memoryDisk()
  const journal = await openJournal({ dir, disk, ...small })
  const outer = Buffer.concat([Buffer.from('before '), frame, Buffer.from(' after')])
  await journal.append(outer)
  await journal.close()
  disk.replace(lastSegment, flipped(disk.content(lastSegment), headerBytes + 8))
  assert.deepEqual((await reopen(disk)).records, ['appended after recovery'])
})
