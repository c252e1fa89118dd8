/**
 * R6: killing a server between the commit of a refresh and its answer ends no session. The proxy holds back the
 * database's answer to the commit, so every session meets the window at the first attempt.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identity } from '@octet/contracts/identity'
import { openPool } from '@octet/db'
import { identityModule } from '@octet/identity'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, startServerProcess, testDatabase } from '@octet/testkit'
import { isCommit, pass, postgresFault } from '../wire/postgres-fault.ts'

const program = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url))
const sessionsCount = 4
const quiet = {
  OCTET_WEB: '0',
  OCTET_DEMO: '0',
  OCTET_LOG: 'warn',
  OCTET_LIMITS_SCALE: '1000',
  OCTET_MODULES: 'identity',
}
const account = { username: 'ada_l', email: 'ada@example.org', password: 'correct horse battery' }

test('R6: after kill -9 between commit and answer every client continues with its token', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-refresh-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const databaseUrl = await testDatabase(t, migrationsOf([identityModule]))
  const pool = openPool(databaseUrl, { schema: 'identity', connectionsMax: 1 })
  defer(t, () => pool.end({ timeout: 5 }))
  const wired = new URL(databaseUrl)
  const targetPort = Number(wired.port)
  const wire = await postgresFault({ targetPort: () => targetPort })
  defer(t, () => wire.close())
  wired.port = String(wire.port)
  const start = async () => {
    const environment = { OCTET_DATA: dataDir, DATABASE_URL: wired.href, ...quiet }
    const server = await startServerProcess({ program, environment })
    defer(t, () => server.kill())
    return { server, client: httpClient(server.origin).client(identity) }
  }
  const first = await start()
  await first.client.register(account)
  const login = { login: account.username, password: account.password }
  const signIns = Array.from({ length: sessionsCount }, () => first.client.login(login))
  const tokens = (await Promise.all(signIns)).map(({ refreshToken }) => refreshToken)
  const steps = async () => {
    const [row] = await pool<{ steps: number }[]>`select sum(refresh_counter)::int as steps from sessions`
    return row?.steps
  }

  wire.decide(exchange => {
    return exchange.application === 'octet identity' && isCommit(exchange) ? { kind: 'hang-after' } : pass
  })
  const asked = Promise.allSettled(tokens.map(refreshToken => first.client.refresh({ refreshToken })))
  const deadlineMs = performance.now() + 10_000
  while ((await steps()) !== sessionsCount) assert.ok(performance.now() < deadlineMs, 'every refresh is committed')
  await first.server.kill()
  const answers = await asked
  assert.ok(answers.every(({ status }) => status === 'rejected'))

  wire.decide(() => pass)
  const { server, client } = await start()
  for (const [index, refreshToken] of tokens.entries()) {
    const { refreshToken: newer, accessToken } = await client.refresh({ refreshToken })
    const me = await httpClient(server.origin).client(identity, { token: accessToken }).getMe({})
    assert.equal(me.username, account.username)
    tokens[index] = newer
  }
  assert.equal(await steps(), sessionsCount, 'the step was made already')
  for (const refreshToken of tokens) await client.refresh({ refreshToken })
  const [ended] = await pool`select count(*)::int as count from sessions where revoked_at is not null`
  assert.equal(ended?.count, 0)
  await server.stop()
})
