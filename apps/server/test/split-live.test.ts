/** Live streams in a process that does not serve identity: who may listen, and who may no longer. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { migrationsOf } from '@octet/runtime'
import { defer, freePort, httpClient, signIn, startServerProcess, type Test, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const password = 'correct horse battery'
/** A second, and what the answer itself takes on a machine that does much else. */
const closedWithinMs = 1_000
const slackMs = 1_000

async function startSplit(t: Test) {
  const dir = await mkdtemp(join(tmpdir(), 'octet-split-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  const [accountsPort, talkPort] = [await freePort(), await freePort()]
  const shared = {
    DATABASE_URL: await testDatabase(t, migrationsOf(modules)),
    OCTET_URL: `http://localhost:${accountsPort}`,
    ...{ OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LIMITS_SCALE: '1000' },
  }
  const start = async (modules: string, port: number, peers: string) => {
    const environment = { ...shared, OCTET_DATA: join(dir, modules), OCTET_MODULES: modules, OCTET_PEERS: peers }
    const server = await startServerProcess({ program, port, environment })
    defer(t, () => server.kill())
    return server
  }
  const at = (port: number) => `http://127.0.0.1:${port}`
  const accounts = await start('identity,links', accountsPort, `chat=${at(talkPort)}`)
  const talk = await start('chat', talkPort, `identity=${at(accountsPort)},links=${at(accountsPort)}`)
  return { accounts: httpClient(accounts.origin), talk: httpClient(talk.origin), origin: talk.origin }
}

test('split: chat without identity learns about ended sessions and changed passwords within a second', async t => {
  const { accounts, talk, origin } = await startSplit(t)
  const register = async (username: string) => {
    const email = `${username}@example.org`
    return (await accounts.client(identity).register({ username, email, password })).accessToken
  }
  const [ada, ben, cleo] = [await register('ada'), await register('ben'), await register('cleo')]
  const room = await talk.client(chat, { token: ada }).createRoom({ name: 'Kitchen' })
  for (const token of [ben, cleo]) await talk.client(chat, { token }).joinRoom({ id: room.id })
  const stream = `chat:room:${room.id}`
  const enter = async (token: string) => {
    const peer = await signIn(t, `${origin.replace('http', 'ws')}/realtime`, token)
    peer.send({ t: 'sub', streams: { [stream]: null } })
    await peer.next('subscribed')
    return peer
  }
  const peers = { ada: await enter(ada), ben: await enter(ben), cleo: await enter(cleo) }
  const say = async (body: string) => {
    await talk.client(chat, { token: ada }).sendMessage({ roomId: room.id, cmid: crypto.randomUUID(), body })
    await peers.ada.next('event', frame => (frame.body as { body?: string }).body === body)
  }
  await say('before')
  for (const peer of Object.values(peers)) assert.equal(peer.socket.readyState, peer.socket.OPEN)
  await peers.ben.next('event', frame => frame.type === 'message')

  const ends = {
    ben: () => accounts.client(identity, { token: ben }).logout({}),
    // Elsewhere, so that this session is one of the others.
    cleo: async () => {
      const { accessToken } = await accounts.client(identity).login({ login: 'cleo', password })
      await accounts.client(identity, { token: accessToken }).changePassword({ password: 'another horse battery' })
    },
  }
  for (const name of ['ben', 'cleo'] as const) {
    await ends[name]()
    const endedMs = performance.now()
    assert.equal(await peers[name].closed, 4401)
    const tookMs = performance.now() - endedMs
    t.diagnostic(`${name}: ${Math.round(tookMs)} ms`)
    assert.ok(tookMs < closedWithinMs + slackMs, `${name} was closed after ${tookMs} ms`)
    await say(`after ${name}`)
  }
  assert.ok(!JSON.stringify(peers.ben.frames).includes('after ben'), 'nothing came after the end')
})
