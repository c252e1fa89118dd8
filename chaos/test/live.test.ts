/** Live streams over two processes, on connections that are reset and lose frames; one process is killed. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openDb } from '@octet/db'
import { defer } from '@octet/testkit'
import { type Installation, liveUrl, openInstallation, openRoom, register, until } from '../cluster/installation.ts'
import { patchesOf } from '../mutants/all.ts'
import { type Heard, liveFindings } from '../oracles/live.ts'
import { seededRandom } from '../random.ts'
import { type Crowd, openCrowd } from '../systems/chat/crowd.ts'
import { isCommit, pass } from '../wire/postgres-fault.ts'

const messagesEach = 20
/** Sent after the last fault, so that no reconnect repairs the losses of a careless client. */
const messagesAfter = 3
const settledMs = 30_000

interface RunOptions {
  readonly seed: number
  readonly mutants?: readonly string[]
  /** The probability that a COMMIT of the chat is cut before the database receives it. */
  readonly cutShare: number
}

async function run(t: TestContext, { seed, mutants = [], cutShare }: RunOptions) {
  const random = seededRandom(seed).next
  const installation = await openInstallation(t, { patches: patchesOf(mutants) })
  const { sites } = installation
  const people = [await register(sites[0]), await register(sites[0]), await register(sites[1])]
  const room = await openRoom(sites[0], people)
  const urls = sites.map(liveUrl)
  const options = { roomId: room.id, urls, random, lossShare: 0.02 }
  const crowd = openCrowd({ ...options, people, devicesEach: 2 })
  defer(t, async () => crowd.close())
  // The mutant among clients: it loses many frames and repairs nothing.
  const careless = openCrowd({
    ...options,
    people: people.slice(0, 1),
    devicesEach: 1,
    lossShare: 0.5,
    isCareless: true,
  })
  defer(t, async () => careless.close())
  await until(
    () => crowd.members.every(({ client }) => client.state.get().kind === 'open'),
    () => 'all clients are connected',
  )
  for (const { database } of sites) {
    database.decide(exchange => {
      const isCut = isCommit(exchange) && exchange.application.includes('chat') && random() < cutShare
      return isCut ? { kind: 'cut-before' } : pass
    })
  }
  const startedMs = performance.now()
  const talking = talk(crowd, random, messagesEach)
  const unanswered = await trouble(installation, crowd, random)
  await talking
  await talk(crowd, random, messagesAfter)
  for (const { database } of sites) database.decide(() => pass)
  const log = await settle(installation, crowd, room.id)
  const cuts = sites.reduce((sum, { database }) => sum + (database.hits.get('cut-before') ?? 0), 0)
  const findings = liveFindings({
    log,
    listeners: crowd.members.map(({ name, heard }) => ({ name, heard })),
    told: crowd.members.flatMap(({ told }) => told),
  })
  const carelessFindings = liveFindings({
    log,
    listeners: careless.members.map(({ name, heard }) => ({ name, heard })),
    told: [],
  })
  const reconnects = crowd.members.reduce((sum, member) => sum + member.reconnects(), 0)
  t.diagnostic(
    `${log.length} events, ${unanswered} sends unanswered at the kill, ${reconnects} reconnects, ` +
      `${crowd.lost()} frames lost, ${cuts} COMMITs cut, ${Math.round(performance.now() - startedMs)} ms`,
  )
  return { findings, carelessFindings, log, unanswered, reconnects, cuts, lost: crowd.lost() }
}

/** All members send their messages without waiting for answers. */
async function talk({ members }: Crowd, random: () => number, times: number): Promise<void> {
  await Promise.all(
    members.map(async member => {
      for (let n = 0; n < times; n++) {
        member.say(`${member.name} ${n}`).catch(() => undefined)
        await new Promise(resolve => setTimeout(resolve, random() * 60))
      }
    }),
  )
}

/** Resets connections at random and kills the first server. Returns how many sends that left unanswered. */
async function trouble({ sites }: Installation, { members }: Crowd, random: () => number): Promise<number> {
  const pause = () => new Promise(resolve => setTimeout(resolve, 200 + random() * 200))
  await pause()
  sites[1].wire.cut('reset')
  await pause()
  // At a moment with sends in flight.
  const waiting = () => members.reduce((sum, { client }) => sum + client.waiting.get().length, 0)
  await until(
    () => waiting() > 0,
    () => 'sends are under way',
  )
  const unanswered = waiting()
  await sites[0].server.kill()
  await pause()
  sites[1].wire.cut('reset')
  await sites[0].restart()
  await pause()
  for (const { wire } of sites) wire.cut('reset')
  return unanswered
}

/** Waits until no send waits and no client lacks an event; returns the log. */
async function settle({ databaseUrl }: Installation, { members }: Crowd, roomId: string): Promise<Heard[]> {
  const deadlineMs = performance.now() + settledMs
  const isOver = () => performance.now() > deadlineMs
  while (!isOver() && members.some(({ client }) => client.waiting.get().length > 0)) await breathe()
  const log = await readLog(databaseUrl, `chat:room:${roomId}`)
  const slow = () => members.filter(({ heard }) => heard.length < log.length)
  const patienceMs = performance.now() + 8_000
  while (slow().length > 0 && performance.now() < patienceMs) {
    // As the page does when it becomes visible: the heads after a pong reveal a lost last event.
    for (const { client } of slow()) client.check()
    await new Promise(resolve => setTimeout(resolve, 700))
  }
  return log
}

const breathe = () => new Promise(resolve => setTimeout(resolve, 20))

async function readLog(url: string, stream: string): Promise<Heard[]> {
  const db = openDb({ url, schema: 'chat', connectionsMax: 1 })
  try {
    const rows = await db.sql<{ seq: number; id: string; type: string; cmid: string | null }[]>`
      select seq, id, type, cmid from stream_events where stream = ${stream} order by seq`
    return rows.map(({ seq, id, type, cmid }) => ({ seq, id, type, cmid: cmid ?? undefined }))
  } finally {
    await db.close()
  }
}

test('O14: under kills, resets, lost frames and cut COMMITs clients receive every event once, in order', async t => {
  const { findings, carelessFindings, log, unanswered, reconnects, lost, cuts } = await run(t, {
    seed: 1,
    cutShare: 0.05,
  })
  assert.deepEqual(findings, [])
  assert.equal(log.filter(({ type }) => type === 'message').length, 6 * (messagesEach + messagesAfter))
  assert.ok(unanswered > 0, 'the kill left sends unanswered')
  assert.ok(carelessFindings.length > 0, 'a client that does not repair what it missed shows')
  assert.ok(reconnects >= 6 && lost > 0 && cuts > 0, 'every fault fell')
})

test('O14 turns red when events are published before they are committed', async t => {
  const { findings } = await run(t, { seed: 3, cutShare: 0.2, mutants: ['published-early'] })
  assert.ok(
    findings.some(finding => finding.includes('the log has')),
    findings.join('\n'),
  )
})
