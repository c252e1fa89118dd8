/** What holds for short links however many processes serve them; each oracle is shown to go red on a mutant. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { links } from '@octet/contracts/links'
import { signUp } from '@octet/identity/testing'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, type ServerProcess, startServerProcess, type Test, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const honest = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const mutated = fileURLToPath(new URL('./mutated-links-child.ts', import.meta.url))
const visitors = 1_000
const clicksMax = 100

interface Pair {
  readonly processes: readonly [ServerProcess, ServerProcess]
  readonly token: string
}

async function startPair(t: Test, program: string, { isSplit = false } = {}): Promise<Pair> {
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-pair-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const start = (name: string, environment: Record<string, string> = {}) =>
    startServerProcess({
      program,
      environment: {
        DATABASE_URL: databaseUrl,
        OCTET_DATA: join(dataDir, name),
        ...{ OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LOG: 'warn', OCTET_LIMITS_SCALE: '1000' },
        ...environment,
      },
    })
  if (isSplit) return startSplit(t, start)
  const first = await start('first')
  defer(t, () => first.stop())
  const second = await start('second')
  defer(t, () => second.stop())
  return { processes: [first, second], token: await signUp(first.origin) }
}

/** Accounts in a process of their own, which never calls links. */
async function startSplit(
  t: Test,
  start: (name: string, environment: Record<string, string>) => Promise<ServerProcess>,
): Promise<Pair> {
  const nowhere = 'http://127.0.0.1:9'
  const accounts = await start('accounts', {
    OCTET_MODULES: 'identity,mails',
    OCTET_PEERS: `links=${nowhere},chat=${nowhere}`,
  })
  defer(t, () => accounts.stop())
  const startLinks = async (name: string) => {
    const server = await start(name, { OCTET_MODULES: 'links', OCTET_PEERS: `identity=${accounts.origin}` })
    defer(t, () => server.stop())
    return server
  }
  return { processes: [await startLinks('first'), await startLinks('second')], token: await signUp(accounts.origin) }
}

async function visit(server: ServerProcess, code: string): Promise<{ status: number; location: string | null }> {
  const answer = await fetch(`${server.origin}/s/${code}`, { redirect: 'manual' })
  await answer.body?.cancel()
  return { status: answer.status, location: answer.headers.get('location') }
}

/** How many of a thousand simultaneous visits a link of a hundred clicks let pass, and how long others waited. */
async function crowd({ processes, token }: Pair) {
  const mine = httpClient(processes[0].origin).client(links, { token })
  const { code } = await mine.createLink({ url: 'https://example.org/', clicksMax })
  const other = await mine.createLink({ url: 'https://example.org/other' })
  const visits = Promise.all(
    Array.from({ length: visitors }, (_, index) => visit(processes[index % 2] as ServerProcess, code)),
  )
  // With every connection of the pool waiting for one row, this would wait for all of them.
  await mine.updateLink({ id: other.id, title: 'meanwhile' })
  const statuses = (await visits).map(({ status }) => status)
  const count = (wanted: number) => statuses.filter(status => status === wanted).length
  return { passed: count(302), gone: count(410) }
}

/** Locations answered by each process to visits sent a second or more after an edit was acknowledged. */
async function afterEdit({ processes, token }: Pair): Promise<Set<string | null>> {
  const mine = httpClient(processes[0].origin).client(links, { token })
  const { id, code } = await mine.createLink({ url: 'https://example.org/old' })
  for (const server of processes) assert.equal((await visit(server, code)).location, 'https://example.org/old')
  await mine.updateLink({ id, url: 'https://example.org/new' })
  const editedMs = performance.now()
  const locations = new Set<string | null>()
  // Hot all the while: reads must not keep what they read alive.
  for (let sentMs = 0; sentMs < 1_600; await delay(10)) {
    sentMs = performance.now() - editedMs
    for (const { location } of await Promise.all(processes.map(server => visit(server, code)))) {
      if (sentMs >= 1_000) locations.add(location)
    }
  }
  return locations
}

test('a limit of 100 lets 100 of 1,000 visits over two processes pass; an edit is everywhere in 1 s', async t => {
  const pair = await startPair(t, honest)
  assert.deepEqual(await crowd(pair), { passed: clicksMax, gone: visitors - clicksMax })
  assert.deepEqual(await afterEdit(pair), new Set(['https://example.org/new']))
})

test('two processes of links keep both promises when accounts are served by a third', async t => {
  const pair = await startPair(t, honest, { isSplit: true })
  assert.deepEqual(await crowd(pair), { passed: clicksMax, gone: visitors - clicksMax })
  assert.deepEqual(await afterEdit(pair), new Set(['https://example.org/new']))
})

test('the same oracles see a limit that is checked, then used, and a cache whose entries live on hits', async t => {
  const pair = await startPair(t, mutated)
  let passed = clicksMax
  // On a busy machine one process may get the last clicks before the other looks at all.
  for (let round = 0; passed === clicksMax && round < 5; round++) ({ passed } = await crowd(pair))
  t.diagnostic(`${passed} passed`)
  assert.ok(passed > clicksMax, `${passed} passed`)
  assert.ok((await afterEdit(pair)).has('https://example.org/old'))
})
