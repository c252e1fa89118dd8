/** O7 over three processes: what one of them ends, none accepts a second later, also the one that cannot hear of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defer } from '@octet/testkit'
import { startCluster } from '../cluster/start-cluster.ts'
import { openClient } from '../history/client.ts'
import { callsOf, openHistory } from '../history/history.ts'
import { revokedIsRefused } from '../oracles/access.ts'
import { seededRandom } from '../random.ts'
import { type Session, signOutHere, signUp, use } from '../workloads/identity.ts'
import type { World } from '../workloads/workload.ts'

const servers = 3
const watchMs = 3_000

test('what one server ends, no server accepts a second later, cut off from the database or not', async t => {
  const cluster = await startCluster({ servers })
  defer(t, () => cluster.stop())
  const history = openHistory()
  const client = openClient(history, cluster.origins, 'watcher')
  const world: World = { client, random: seededRandom(1), run: 'o7', servers, isOver: () => false }
  const sessions: Session[] = []
  for (let index = 0; index < 4; index++) sessions.push(await signUp(world))
  for (const session of sessions) await use(world, session)
  const statuses = () => callsOf(history.entries).filter(({ op }) => op === 'identity.use')
  assert.ok(
    statuses().every(({ status }) => status === 200),
    'all are known everywhere, remembered, and good',
  )

  const [plain, cutOff, ...alive] = sessions as [Session, Session, ...Session[]]
  await signOutHere(world, plain, 0)
  await watch(world, plain)
  // From here on server 2 hears nothing, and is not told that it hears nothing.
  await cluster.inject({ kind: 'black-hole', server: 2 })
  await signOutHere(world, cutOff, 0)
  await watch(world, cutOff)
  const last = await Promise.all([0, 1, 2].map(server => useAt(world, alive[0], server)))
  assert.deepEqual(last, [403, 403, 503], 'who is cut off lets nobody in; the others go on')
  await cluster.heal()
  const deadlineMs = performance.now() + 20_000
  while ((await useAt(world, alive[0], 2)) !== 403) assert.ok(performance.now() < deadlineMs, 'it hears again')
  assert.equal(await useAt(world, cutOff, 2), 401)

  const calls = callsOf(history.entries)
  for (const session of [plain, cutOff])
    t.diagnostic(`${session.name}: accepted until ${lastAccepted(calls, session)} ms`)
  assert.deepEqual(revokedIsRefused({ calls }), [])
  assert.ok(
    calls.some(({ op, server, status }) => op === 'identity.use' && server === 2 && status === 503),
    'fail-closed was really seen',
  )
})

/** Uses an ended session at every server at once, again and again. */
async function watch(world: World, session: Session): Promise<void> {
  const untilMs = performance.now() + watchMs
  const servers = Array.from({ length: world.servers }, async (_, server) => {
    while (performance.now() < untilMs) {
      await useAt(world, session, server)
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  })
  await Promise.all(servers)
}

async function useAt({ client }: World, session: Session | undefined, server: number): Promise<number | undefined> {
  // Knows who asks without reading the database: whether it believes a token shows even when there is no database.
  const ask = { op: 'identity.use', method: 'GET', path: '/traces', isPage: true } as const
  const answer = await client.ask({ ...ask, token: session?.token, subject: session?.name }, server)
  return answer.status
}

/** How long after the sign-out was answered a request set out that was let in. */
function lastAccepted(calls: ReturnType<typeof callsOf>, { name }: Session): number {
  const own = calls.filter(({ subject }) => subject === name)
  const endedAtMs = own.find(({ op }) => op === 'identity.sign-out')?.toMs ?? 0
  const accepted = own.filter(({ op, status }) => op === 'identity.use' && (status === 200 || status === 403))
  return Math.max(...accepted.map(({ fromMs }) => fromMs - endedAtMs))
}
