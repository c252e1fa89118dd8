/** The server as its operator sees it: started, refused, killed, restarted, stopped, split. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { defer, httpClient, type ServerProcess, startServerProcess, type Test, testDatabase } from '@octet/testkit'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const account = { username: 'ada', email: 'ada@example.org', password: 'correct horse battery' }

async function dataDir(t: Test): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'octet-lifecycle-'))
  defer(t, () => rm(parent, { recursive: true, force: true }))
  return join(parent, 'a folder with spaces – and ünïcode')
}

async function start(t: Test, environment: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess({ program, environment: { OCTET_WEB: '0', OCTET_DEMO: '0', ...environment } })
  defer(t, () => server.kill())
  return server
}

/** Waits until the server has printed this. It serves a moment before it prints. */
async function said(server: ServerProcess, pattern: RegExp): Promise<RegExpExecArray> {
  const deadlineMs = Date.now() + 5_000
  for (;;) {
    const match = pattern.exec(server.output())
    if (match !== null) return match
    assert.ok(Date.now() < deadlineMs, `${pattern} is not in\n${server.output()}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/** A start that is expected to fail: its exit code and what it said. */
function startAndFail(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      OCTET_ENV_FILE: devNull,
      OCTET_WEB: '0',
      PORT: '0',
      ...environment,
    },
    timeout: 20_000,
  })
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  child.stderr.on('data', chunk => (said += chunk))
  return new Promise(resolve => child.once('close', code => resolve({ code, said })))
}

test('starts on nothing, serves, refuses a second start, survives kill -9 and stops within ten seconds', async t => {
  const dir = await dataDir(t)
  const first = await start(t, { OCTET_DATA: dir })
  await said(first, /Ready in \d+\.\d s → http:\/\/localhost:\d+/)
  await said(first, /\/welcome#t=[\w-]{20,}/)
  const { user, accessToken } = await httpClient(first.origin).client(identity).register(account)
  const link = await httpClient(first.origin)
    .client(links, { token: accessToken })
    .createLink({ url: 'https://example.org/' })

  const second = await startAndFail({ OCTET_DATA: dir })
  assert.equal(second.code, 1)
  assert.match(second.said, new RegExp(`${first.pid}`), 'it names the process that has the directory')
  assert.doesNotMatch(second.said, /\n\s+at /, 'and shows no stack')

  await first.kill()
  const again = await start(t, { OCTET_DATA: dir })
  const { accessToken: token } = await httpClient(again.origin)
    .client(identity)
    .login({ login: 'ada', password: account.password })
  assert.equal((await httpClient(again.origin).client(identity, { token }).getMe({})).id, user.id)
  assert.deepEqual((await httpClient(again.origin).client(links, { token }).getLink({ id: link.id })).url, link.url)

  const startedMs = performance.now()
  assert.equal(await again.stop(), 0)
  assert.ok(performance.now() - startedMs < 10_000)
})

test('a stop lets the request that is under way finish and closes idle connections', async t => {
  const server = await start(t, { OCTET_DATA: await dataDir(t) })
  await fetch(`${server.origin}/health/live`).then(answer => answer.text()) // leaves an idle keep-alive socket behind
  // Hashing keeps this one busy for a while.
  const pending = httpClient(server.origin).client(identity).register(account)
  // Answers to later requests show that the server has begun with the earlier one.
  for (let asked = 0; asked < 5; asked++) await fetch(`${server.origin}/health/live`).then(answer => answer.text())
  const stopped = server.stop()
  assert.equal((await pending).user.username, 'ada')
  assert.equal(await stopped, 0)
  await assert.rejects(fetch(server.origin), 'the port is closed')
})

test('a stop waits for the body of a request that has begun to arrive', async t => {
  const server = await start(t, { OCTET_DATA: await dataDir(t) })
  const body = JSON.stringify(account)
  const pending = request(`${server.origin}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
  })
  const answered = once(pending, 'response') as Promise<[IncomingMessage]>
  const begun = once(pending, 'continue') // the server has the head of the request and waits for its body
  pending.flushHeaders()
  await begun
  const stopped = server.stop()
  pending.end(body)
  const [answer] = await answered
  assert.equal(answer.statusCode, 201)
  assert.equal(((await json(answer)) as { user: { username: string } }).user.username, 'ada')
  assert.equal(await stopped, 0)
})

test('a taken port, a wrong configuration and an unreachable database each say what to do', async t => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => blocker.once('listening', resolve))
  defer(t, async () => void blocker.close())
  const { port } = blocker.address() as { port: number }
  const dir = await dataDir(t)
  const [taken, wrong, away] = await Promise.all([
    startAndFail({ OCTET_DATA: dir, PORT: String(port) }),
    startAndFail({ OCTET_DATA: dir, PORT: 'http', OCTET_DMEO: '1', OCTET_MODULES: 'links,shop' }),
    startAndFail({
      OCTET_DATA: await dataDir(t),
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
      OCTET_WAIT_SECONDS: '0',
    }),
  ])
  assert.match(taken.said, new RegExp(`port ${port} is in use`))
  assert.match(wrong.said, /PORT=http: must be a whole number/)
  assert.match(wrong.said, /OCTET_DMEO: not a setting of Octet; did you mean OCTET_DEMO\?/)
  assert.match(wrong.said, /OCTET_MODULES=links,shop: shop is not one of/)
  assert.match(away.said, /DATABASE_URL/)
  assert.deepEqual([taken.code, wrong.code, away.code], [1, 1, 1])
})

test('two processes, one with identity and one with links, behave like one', async t => {
  const databaseUrl = await testDatabase(t, [])
  const [portA, portB] = await freePorts(2)
  const shared = { DATABASE_URL: databaseUrl, OCTET_URL: `http://localhost:${portA}` }
  const peers = (name: string, port: number) => ({ OCTET_PEERS: `${name}=http://127.0.0.1:${port}` })
  const accounts = await startServerProcess({
    program,
    port: portA,
    environment: {
      ...shared,
      OCTET_WEB: '0',
      OCTET_DATA: await dataDir(t),
      OCTET_MODULES: 'identity',
      ...peers('links', portB),
    },
  })
  defer(t, () => accounts.kill())
  const shortener = await startServerProcess({
    program,
    port: portB,
    environment: {
      ...shared,
      OCTET_WEB: '0',
      OCTET_DATA: await dataDir(t),
      OCTET_MODULES: 'links',
      ...peers('identity', portA),
    },
  })
  defer(t, () => shortener.kill())
  const { accessToken: token } = await httpClient(accounts.origin).client(identity).register(account)
  const mine = httpClient(shortener.origin).client(links, { token })
  const link = await mine.createLink({ url: 'https://example.org/' })
  assert.deepEqual(
    (await mine.listLinks({})).data.map(({ id }) => id),
    [link.id],
  )
  await assert.rejects(
    httpClient(shortener.origin)
      .client(links, { token: `${token}x` })
      .listLinks({}),
    { status: 401 },
  )

  // The event that gives the examples to the first administrator crosses from one process to the other.
  const [, setup = ''] = await said(accounts, /#t=([\w-]+)\n/)
  const owner = { ...account, username: 'grace' }
  const answer = await fetch(`${accounts.origin}/api/v1/auth/web/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...owner, token: setup, examples: true }),
  })
  assert.equal(answer.status, 201)
  const admin = await httpClient(accounts.origin).client(identity).login({ login: 'grace', password: account.password })
  const theirs = httpClient(shortener.origin).client(links, { token: admin.accessToken })
  const deadlineMs = Date.now() + 5_000
  let examples = 0
  while (examples === 0 && Date.now() < deadlineMs) examples = (await theirs.listLinks({})).data.length
  assert.ok(examples > 3, 'the examples arrived')
  await httpClient(accounts.origin).client(identity, { token }).signOutOthers({})
})

async function freePorts(count: number): Promise<[number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>(resolve =>
          server.once('listening', () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  )
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports as [number, number]
}

test('when its PostgreSQL is killed the server reports it and exits, and the next start has all data', async t => {
  const dir = await dataDir(t)
  const server = await start(t, { OCTET_DATA: dir })
  const client = httpClient(server.origin).client(links)
  const link = await client.createLink({ url: 'https://example.org/' })
  const log = await readFile(join(dir, 'octet.log'), 'utf8')
  const postgresPid = Number(/"pid":(\d+),"version"/.exec(log)?.[1])
  process.kill(postgresPid, 'SIGKILL')
  assert.equal(await server.ended, 1)
  assert.match(server.output(), /PostgreSQL is gone/)
  const again = await start(t, { OCTET_DATA: dir })
  const answer = await fetch(`${again.origin}/s/${link.code}`, { redirect: 'manual' })
  assert.equal(answer.headers.get('location'), 'https://example.org/')
})
