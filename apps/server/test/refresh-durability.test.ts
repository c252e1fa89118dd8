/** R6: a server that is killed between the commit of a refresh and its answer costs nobody their session. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identity } from '@octet/contracts'
import { openPool } from '@octet/db'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, startServerProcess, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const sessionsCount = 24
const roundsMax = 6
const quiet = { OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LOG: 'warn', OCTET_LIMITS_SCALE: '1000' }
const account = { username: 'ada_l', email: 'ada@example.org', password: 'correct horse battery' }

test('R6: after kill -9 between commit and answer every client goes on with the token it has', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-refresh-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const pool = openPool(databaseUrl, { schema: 'identity', connectionsMax: 1 })
  defer(t, () => pool.end({ timeout: 5 }))
  const start = async () => {
    const environment = { OCTET_DATA: dataDir, DATABASE_URL: databaseUrl, ...quiet }
    const server = await startServerProcess({ program, environment })
    defer(t, () => server.kill())
    return server
  }
  let server = await start()
  await httpClient(server.origin).client(identity).register(account)
  const login = { login: account.username, password: account.password }
  const tokens: string[] = []
  for (let index = 0; index < sessionsCount; index++) {
    tokens.push((await httpClient(server.origin).client(identity).login(login)).refreshToken)
  }
  const steps = async () => {
    const [row] = await pool<{ steps: number }[]>`select sum(refresh_counter)::int as steps from sessions`
    return row?.steps ?? 0
  }
  let unanswered = 0
  for (let round = 0; round < roundsMax && unanswered === 0; round++) {
    const before = await steps()
    let answered = 0
    const asked = Promise.allSettled(
      tokens.map(async (refreshToken, index) => {
        const answer = await httpClient(server.origin).client(identity).refresh({ refreshToken })
        tokens[index] = answer.refreshToken
        answered++
      }),
    )
    while ((await steps()) < before + 4) await new Promise(resolve => setImmediate(resolve))
    await server.kill()
    await asked
    unanswered = (await steps()) - before - answered
    server = await start()
    for (const [index, refreshToken] of tokens.entries()) {
      const answer = await httpClient(server.origin).client(identity).refresh({ refreshToken })
      tokens[index] = answer.refreshToken
    }
  }
  t.diagnostic(`${unanswered} refreshes were committed and never answered`)
  assert.ok(unanswered > 0, 'the dangerous window was really hit')
  const [ended] = await pool`select count(*)::int as count from sessions where revoked_at is not null`
  assert.equal(ended?.count, 0)
  await server.stop()
})
