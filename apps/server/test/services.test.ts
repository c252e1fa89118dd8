import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { defer, freePort, type Test, testDatabase } from '@octet/testkit'
import { awaitDatabase, awaitRedis } from '../src/services.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Serves on `port` until the test ends. */
async function serve(t: Test, port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  defer(t, async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return server
}

/** Leads every connection to the PostgreSQL at `url`. */
function leadTo(url: string): (socket: Socket) => void {
  const { hostname, port } = new URL(url)
  return socket => {
    const there = connect(Number(port), hostname)
    there.on('error', () => socket.destroy())
    socket.on('close', () => there.destroy())
    socket.pipe(there).pipe(socket)
  }
}

function atPort(url: string, port: number): string {
  const moved = new URL(url)
  moved.port = String(port)
  moved.hostname = '127.0.0.1'
  return moved.href
}

/** The whole program; `said` is what it has printed so far. */
async function startProgram(t: Test, environment: Record<string, string>) {
  const dir = await mkdtemp(join(tmpdir(), 'octet-wait-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      ...{ OCTET_DATA: dir, OCTET_ENV_FILE: devNull, OCTET_WEB: '0', OCTET_DEMO: '0', PORT: '0' },
      ...environment,
    },
  })
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  child.stderr.on('data', chunk => (said += chunk))
  const ended = once(child, 'close') as Promise<[number | null]>
  defer(t, async () => {
    child.kill('SIGKILL')
    await ended
  })
  const until = async (pattern: RegExp) => {
    while (!pattern.test(said)) {
      assert.equal(child.exitCode, null, `ended without ${pattern}:\n${said}`)
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended])
    }
  }
  return { child, ended, until, said: () => said }
}

test('the server waits for a database that comes up later than itself', async t => {
  const url = await testDatabase(t, [])
  const port = await freePort()
  const octet = await startProgram(t, { DATABASE_URL: atPort(url, port), OCTET_WAIT_SECONDS: '60' })
  await octet.until(/waiting for the database \w+ at 127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\), \d+ s left/)
  await serve(t, port, leadTo(url))
  await octet.until(/Ready in/)
  octet.child.kill('SIGTERM')
  assert.deepEqual(await octet.ended, [0, null])
})

test('the server refuses to start when the database does not come, and says what to look at', async t => {
  const octet = await startProgram(t, {
    DATABASE_URL: `postgres://nobody:passw0rd@127.0.0.1:${await freePort()}/octet`,
    OCTET_WAIT_SECONDS: '1',
  })
  assert.deepEqual(await octet.ended, [1, null])
  assert.match(octet.said(), /the database octet at 127\.0\.0\.1:\d+ did not come within 1 s: .*ECONNREFUSED/)
  assert.match(octet.said(), /Look at DATABASE_URL, or raise OCTET_WAIT_SECONDS\./)
  assert.doesNotMatch(octet.said(), /passw0rd/)
})

test('SIGTERM ends a server that waits for its database', async t => {
  const octet = await startProgram(t, { DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/octet` })
  await octet.until(/waiting for the database/)
  const stoppedAt = performance.now()
  octet.child.kill('SIGTERM')
  assert.deepEqual(await octet.ended, [1, null])
  assert.ok(performance.now() - stoppedAt < 9_000, 'long before the thirty seconds are over')
  assert.match(octet.said(), /stopped while waiting for the database/)
})

test('a database that refuses us is not waited for', async t => {
  const url = new URL(await testDatabase(t, []))
  url.pathname = '/there-is-no-such-database'
  const said: string[] = []
  const waiting = awaitDatabase(url.href, { waitMs: 60_000, say: text => said.push(text) })
  await assert.rejects(waiting, /no-such-database at .* cannot be used: .*does not exist\nLook at DATABASE_URL\./)
  assert.deepEqual(said, [])
})

/** Answers every Redis command with `answer`. */
function answerRedis(answer: string): (socket: Socket) => void {
  return socket => {
    socket.on('data', chunk => {
      const commands = chunk.toString().match(/^\*\d/gm)?.length ?? 0
      socket.write(answer.repeat(commands))
    })
  }
}

test('Redis is waited for until it answers, for a bounded time; one that refuses us is not', async t => {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  await assert.rejects(
    awaitRedis(url, { waitMs: 10, say: () => undefined }),
    /Redis at 127\.0\.0\.1:\d+ did not come within 0\.01 s: .*ECONNREFUSED.*\nLook at REDIS_URL/,
  )
  const said: string[] = []
  await awaitRedis(url, {
    waitMs: 30_000,
    say(text) {
      if (said.push(text) === 1) void serve(t, port, answerRedis('+PONG\r\n'))
    },
  })
  assert.match(said[0] ?? '', /waiting for Redis at 127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\), 30 s left/)

  const locked = await freePort()
  await serve(t, locked, answerRedis('-NOAUTH Authentication required.\r\n'))
  const refused = awaitRedis(`redis://127.0.0.1:${locked}`, { waitMs: 60_000, say: () => undefined })
  await assert.rejects(refused, /cannot be used: NOAUTH Authentication required\.\nLook at REDIS_URL\./)
})
