/**
 * O7 with sockets: a second after a session ends, its sockets receive nothing and every server refuses it. This holds
 * without Redis, and on a server that is cut off from the database and still receives events through Redis.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPool } from '@octet/db'
import { defer, type Test } from '@octet/testkit'
import { startRedis } from '../cluster/redis-process.ts'
import { type ClusterClient, startCluster } from '../cluster/start-cluster.ts'
import { type Ask, type Client, openClient } from '../history/client.ts'
import { callsOf, openHistory } from '../history/history.ts'
import { revokedHearsNothing, revokedIsRefused } from '../oracles/access.ts'
import { seededRandom } from '../random.ts'
import { type ListenerSocket, openListener } from '../systems/chat/listeners.ts'
import { passwordCanary, type Session, signUp } from '../systems/identity/sign-up.ts'
import { sessionRule } from '../systems/identity/system.ts'
import type { World } from '../systems/workload.ts'
import { type TcpFault, tcpFault } from '../wire/tcp-fault.ts'

const servers = [0, 1, 2]
/** For each ended session: 7 sessions have 210 sockets. */
const socketsPerServer = 10
const watchMs = 2_200
const speakEveryMs = 150

interface Victim extends Session {
  readonly id: string
  readonly sockets: ListenerSocket[]
}

interface Scene {
  readonly cluster: ClusterClient
  readonly client: Client
  readonly world: World
  readonly admin: Session
  readonly owner: Session
  readonly roomId: string
  readonly sockets: ListenerSocket[]
  readonly victims: Victim[]
  /** Sockets of the room's owner, one per server: they receive what the others could receive. */
  readonly witnesses: ListenerSocket[]
  findings(): string[]
  /** The statuses that the victims got. */
  statusesAt(server: number): (number | undefined)[]
}

async function told(client: Client, ask: Ask, server = 0): Promise<Record<string, unknown>> {
  const { status = 0, body } = await client.ask(ask, server)
  if (status >= 300 || status === 0) throw new Error(`${ask.op} was answered ${status} ${JSON.stringify(body)}`)
  return body as Record<string, unknown>
}

async function openScene(t: Test, cluster: ClusterClient, run: string): Promise<Scene> {
  const history = openHistory()
  const client = openClient(history, cluster.origins, 'watcher')
  const world: World = { client, random: seededRandom(1), run, servers: servers.length, isOver: () => false }
  const admin = await signUp(world)
  const owner = await signUp(world)
  const pool = openPool(cluster.databaseUrl, { connectionsMax: 1 })
  await pool`update identity.users set roles = '{admin}' where username = ${admin.name}`
  await pool.end({ timeout: 1 })
  admin.token = await signIn(client, admin)
  const body = { name: `room ${run}`, visibility: 'public' }
  const room = await told(client, { op: 'room', method: 'POST', path: '/chat/rooms', body, token: owner.token })
  const roomId = room.id as string
  const stream = `chat:room:${roomId}`
  const sockets: ListenerSocket[] = []
  defer(t, async () => sockets.forEach(socket => void socket.close()))
  const open = (name: string, token: string, server: number) =>
    openListener({ origin: cluster.origins[server] ?? '', server, name, token, stream })
  const witnesses = await Promise.all(servers.map(server => open(owner.name, owner.token, server)))
  sockets.push(...witnesses)
  const calls = () => callsOf(history.entries)
  return {
    cluster,
    client,
    world,
    admin,
    owner,
    roomId,
    sockets,
    victims: [],
    witnesses,
    findings: () => [
      ...revokedHearsNothing(
        sessionRule,
        calls(),
        sockets.flatMap(({ heard }) => heard),
      ),
      ...revokedIsRefused(sessionRule, calls()),
    ],
    statusesAt: server => {
      const asked = calls().filter(call => call.op === 'identity.use' && call.server === server)
      return asked.map(({ status }) => status)
    },
  }
}

async function signIn(client: Client, { name }: Session): Promise<string> {
  const body = { login: name, password: `${passwordCanary} correct horse ${name}` }
  return (await told(client, { op: 'login', method: 'POST', path: '/auth/login', body })).accessToken as string
}

function me(token: string): Ask {
  return { op: 'me', method: 'GET', path: '/users/me', token }
}

/** A room member with sockets at every server. */
async function addVictim(scene: Scene): Promise<Victim> {
  const { client, cluster, roomId } = scene
  const session = await signUp(scene.world)
  // An account with a role that can be revoked.
  const path = `/users/${(await told(client, me(session.token))).id}/roles`
  const body = { roles: ['user', 'premium'] }
  await told(client, { op: 'roles', method: 'PUT', path, body, token: scene.admin.token })
  session.token = await signIn(client, session)
  const { token } = session
  const { id } = await told(client, me(token))
  await told(client, { op: 'join', method: 'POST', path: `/chat/rooms/${roomId}/join`, token })
  const opening = servers.flatMap(server =>
    Array.from({ length: socketsPerServer }, () => {
      const stream = `chat:room:${roomId}`
      return openListener({ origin: cluster.origins[server] ?? '', server, name: session.name, token, stream })
    }),
  )
  const victim = { ...session, id: id as string, sockets: await Promise.all(opening) }
  scene.sockets.push(...victim.sockets)
  scene.victims.push(victim)
  return victim
}

/** Each way to end a session, and the request that does it. `subject` is the session. */
type End = (scene: Scene, victim: Victim) => Promise<Omit<Ask, 'op'>>
const ends = {
  'signed out': async (_, { token }) => ({ method: 'POST', path: '/auth/logout', token }),
  'signed out everywhere': async ({ admin }, { id }) => {
    return { method: 'DELETE', path: `/users/${id}/sessions`, token: admin.token }
  },
  disabled: async ({ admin }, { id }) => {
    return { method: 'PUT', path: `/users/${id}/disabled`, body: { reason: 'test' }, token: admin.token }
  },
  'lost a role': async ({ admin }, { id }) => {
    return { method: 'PUT', path: `/users/${id}/roles`, body: { roles: ['user'] }, token: admin.token }
  },
  'changed the password elsewhere': async ({ client }, victim) => {
    const token = await signIn(client, victim)
    return { method: 'PUT', path: '/users/me/password', body: { password: `${passwordCanary} another horse` }, token }
  },
} as const satisfies Record<string, End>

async function end(scene: Scene, victim: Victim, how: keyof typeof ends): Promise<void> {
  const ask = await ends[how](scene, victim)
  await told(scene.client, { ...ask, op: 'identity.sign-out', subject: victim.name })
}

/** Keeps sending messages, typing and requests until well after the limit. */
async function watch({ client, owner, roomId, witnesses }: Scene, victims: readonly Victim[]): Promise<void> {
  const untilMs = performance.now() + watchMs
  const typeFromMs = performance.now() + 1_050
  const ask = (server: number, victim: Victim) =>
    // An operation that identifies the caller without a database read.
    client.ask(
      { op: 'identity.use', method: 'GET', path: '/traces', isPage: true, token: victim.token, subject: victim.name },
      server,
    )
  let cmid = 0
  const speaking = async () => {
    while (performance.now() < untilMs) {
      const body = { cmid: `${performance.now()}-${cmid++}`, body: 'spoken' }
      await told(client, {
        op: 'say',
        method: 'POST',
        path: `/chat/rooms/${roomId}/messages`,
        body,
        token: owner.token,
      })
      // Ephemeral frames are as old as their arrival: the second must be over when they start.
      if (performance.now() > typeFromMs) for (const witness of witnesses) witness.relay()
      await new Promise(resolve => setTimeout(resolve, speakEveryMs))
    }
  }
  const asking = servers.map(async server => {
    while (performance.now() < untilMs) {
      await Promise.all(victims.map(victim => ask(server, victim)))
      await new Promise(resolve => setTimeout(resolve, speakEveryMs))
    }
  })
  await Promise.all([speaking(), ...asking])
}

async function until(fits: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000
  while (!fits()) {
    assert.ok(performance.now() < deadlineMs, `it never came to this: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Between the servers and Redis; `undefined` without Redis. */
async function redisWire(t: Test): Promise<TcpFault | undefined> {
  const redis = await startRedis()
  if (redis === undefined) return undefined
  defer(t, () => redis.kill())
  const wire = await tcpFault({ targetPort: () => redis.port })
  defer(t, () => wire.close())
  return wire
}

test('O7: a second after a session ends in any way, its sockets receive nothing and no server accepts it', async t => {
  const wire = await redisWire(t)
  if (wire === undefined) t.diagnostic('NOT RUN: with Redis, cut and not; there is no redis-server')
  const environment: Record<string, string> = wire === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${wire.port}` }
  const cluster = await startCluster({ servers: servers.length, environment })
  defer(t, () => cluster.stop())
  const scene = await openScene(t, cluster, '71')
  for (const _ of [...Object.keys(ends), 'unhinted', 'cut off']) await addVictim(scene)
  const [unhinted, cutOff, ...plain] = scene.victims as [Victim, Victim, ...Victim[]]
  t.diagnostic(`${scene.sockets.length} sockets`)
  const hows = Object.keys(ends) as (keyof typeof ends)[]
  await Promise.all(plain.map((victim, index) => end(scene, victim, hows[index] ?? 'signed out')))
  await watch(scene, plain)
  for (const { name, sockets } of plain) {
    const codes = sockets.map(socket => socket.closeCode())
    assert.deepEqual([...new Set(codes)], [4401], `${hows[plain.findIndex(each => each.name === name)]}`)
  }

  wire?.set({ isBlackHole: true })
  await end(scene, unhinted, 'signed out everywhere')
  await watch(scene, [unhinted])
  wire?.set({})

  // Server 2 gets nothing from the database and everything from Redis.
  await cluster.inject({ kind: 'black-hole', server: 2 })
  const before = scene.witnesses.map(({ heard }) => heard.length)
  await end(scene, cutOff, 'signed out everywhere')
  await watch(scene, [cutOff])
  assert.ok((scene.witnesses[1]?.heard.length ?? 0) > (before[1] ?? 0) + 5, 'the others go on')
  await cluster.heal()
  await until(() => cutOff.sockets.every(socket => socket.closeCode() === 4401), 'closed when it hears again')
  const last = () => scene.witnesses.map(({ seqs }) => seqs.at(-1))
  await until(() => new Set(last()).size === 1, 'all others catch up')
  for (const { seqs } of scene.witnesses) {
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => (seqs[0] ?? 0) + index),
      'without gap and repeat',
    )
  }
  assert.deepEqual(scene.findings(), [])
  assert.ok(scene.statusesAt(2).includes(503), 'the server that is cut off refuses everyone')

  await cluster.become(wire === undefined ? ['sockets-untold'] : ['sockets-untold', 'sockets-unmuted'])
  const broken = await openScene(t, cluster, '72')
  const [untold, unmuted] = [await addVictim(broken), await addVictim(broken)]
  await end(broken, untold, 'signed out')
  await watch(broken, [])
  assert.match(broken.findings().join('\n'), new RegExp(`${untold.name} at server 1 received event \\d+ times`))
  if (wire === undefined) return
  await cluster.inject({ kind: 'black-hole', server: 2 })
  await end(broken, unmuted, 'signed out')
  await watch(broken, [])
  assert.match(broken.findings().join('\n'), new RegExp(`${unmuted.name} at server 2 received relay \\d+ times`))
})
