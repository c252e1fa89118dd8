import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openJournal, ship } from '../src/index.ts'
import { fileSink } from './file-sink.ts'
import { recordingLog } from './reading.ts'

const victimPath = join(import.meta.dirname, 'append-until-killed.ts')

interface KillReport {
  readonly acked: number
  /** Appends under way at the time of each kill. */
  readonly inFlight: number[]
  readonly lost: string[]
  readonly doubled: string[]
  readonly unknown: string[]
}

/** Repeatedly kills a process that appends under load, and compares its notes with the records in the sink. */
async function killRepeatedly(
  t: TestContext,
  { honesty, rounds }: { honesty: 'honest' | 'lying'; rounds: number },
): Promise<KillReport> {
  const dir = await mkdtemp(join(tmpdir(), 'journal-kill-'))
  let victim: ChildProcess | undefined
  t.after(async () => {
    victim?.kill('SIGKILL')
    await rm(dir, { recursive: true })
  })
  const notesPath = join(dir, 'notes')
  const notes = () => (existsSync(notesPath) ? readFileSync(notesPath, 'utf8') : '')
  const inFlight: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    victim = spawn(process.execPath, [victimPath, dir, String(round), honesty], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const exited = once(victim, 'exit')
    const deadlineMs = Date.now() + 10_000
    while (!notes().includes(`acked ${round}-`)) {
      assert.ok(Date.now() < deadlineMs && victim.exitCode === null, 'the victim appends')
      await delay(5)
    }
    await delay(20 + 40 * Math.random())
    victim.kill('SIGKILL')
    const [, signal] = await exited
    assert.equal(signal, 'SIGKILL', 'the process was killed and did not stop by itself')
    const ofRound = notes().split('\n')
    inFlight.push(
      ofRound.filter(line => line.startsWith(`sent ${round}-`)).length -
        ofRound.filter(line => line.startsWith(`acked ${round}-`)).length,
    )
  }
  const sink = fileSink(join(dir, 'sink'))
  const journal = await openJournal({ dir: join(dir, 'journal'), log: recordingLog() })
  assert.equal(await ship({ journal, ...sink }).drain(10_000), true)
  await journal.close()
  return { inFlight, ...judge(notes(), sink.records()) }
}

function judge(notes: string, shipped: string[]): Omit<KillReport, 'inFlight'> {
  const noted = (what: string) =>
    notes.split('\n').flatMap(line => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []))
  const acked = noted('acked')
  const sent = new Set(noted('sent'))
  const present = new Set(shipped)
  return {
    acked: acked.length,
    lost: acked.filter(record => !present.has(record)),
    doubled: shipped.length === present.size ? [] : shipped.filter((record, at) => shipped.indexOf(record) !== at),
    unknown: shipped.filter(record => !sent.has(record)),
  }
}

test('after kill -9 under load every acknowledged record reaches the sink exactly once', async t => {
  const { acked, inFlight, ...faults } = await killRepeatedly(t, { honesty: 'honest', rounds: 5 })
  t.diagnostic(`${acked} acknowledged, in flight when killed: ${inFlight}`)
  assert.deepEqual(faults, { lost: [], doubled: [], unknown: [] })
  assert.ok(acked > 1000, `only ${acked} records`)
  assert.ok(
    inFlight.every(count => count > 0),
    `appends were under way at each kill: ${inFlight}`,
  )
})

test('the same oracle detects the loss when records are acknowledged before they are written', async t => {
  const { lost } = await killRepeatedly(t, { honesty: 'lying', rounds: 2 })
  assert.ok(lost.length > 0)
})
