/**
 * The erasure of an account survives `kill -9`: before the commit that freezes the account, after a commit by which a
 * module deleted (its answer lost), and after the last one. The next server resumes. A server that does not resume
 * turns the check red.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chatModule } from '@octet/chat'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { openPool } from '@octet/db'
import { identityModule } from '@octet/identity'
import { linksModule } from '@octet/links'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, startServerProcess, testDatabase } from '@octet/testkit'
import { patchesOf } from '../mutants/all.ts'
import { mutantOf, type Patch } from '../mutants/patch.ts'
import { type Exchange, type Fate, isCommit, pass, postgresFault } from '../wire/postgres-fault.ts'

const program = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url))
const quiet = {
  OCTET_WEB: '0',
  OCTET_DEMO: '0',
  OCTET_LOG: 'warn',
  OCTET_LIMITS_SCALE: '1000',
  OCTET_ERASURE_DAYS: '0',
}
/** Modules that hold data of this account; the server adds the others. */
const modules = [identityModule, linksModule, chatModule]
const account = { username: 'ada_killed', email: 'ada@example.org', password: 'correct horse battery' }

/** Where a kill happens: at the commit of the transaction that contains a statement. */
interface Point {
  readonly name: string
  readonly statement: RegExp
  readonly application: string
  readonly kind: 'hang-before' | 'hang-after'
}

const points: readonly Point[] = [
  {
    name: 'freezing',
    statement: /update erasures set state/,
    application: 'octet identity',
    kind: 'hang-before',
  },
  { name: 'deleted', statement: /delete from folders/, application: 'octet links', kind: 'hang-after' },
  {
    name: 'the end',
    statement: /insert into erased_subjects/,
    application: 'octet identity',
    kind: 'hang-after',
  },
]

/** Passes everything until the point is reached; then that connection hangs. */
function aim({ statement, application, kind }: Point, hit: () => void): (exchange: Exchange) => Fate {
  let isNear = false
  let isUsed = false
  return exchange => {
    if (isUsed || exchange.application !== application) return pass
    if (!isNear || !isCommit(exchange)) {
      isNear ||= statement.test(exchange.statement)
      return pass
    }
    isUsed = true
    hit()
    return { kind }
  }
}

async function open(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'octet-erasure-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  // Servers start repeatedly; a compile cache saves the later ones from compiling the program.
  const own = { OCTET_DATA: join(dir, 'data'), NODE_COMPILE_CACHE: join(dir, 'compiled') }
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  defer(t, () => pool.end({ timeout: 5 }))
  const wired = new URL(databaseUrl)
  const targetPort = Number(wired.port)
  const wire = await postgresFault({ targetPort: () => targetPort })
  defer(t, () => wire.close())
  wired.port = String(wire.port)
  const start = async (patches: readonly Patch[] = []) => {
    const mutant = mutantOf(patches)
    const environment = { ...own, DATABASE_URL: wired.href, ...quiet, ...mutant.environment }
    const server = await startServerProcess({ program, ...mutant, environment })
    defer(t, () => server.kill())
    return server
  }
  return { pool, wire, start }
}

type Pool = Awaited<ReturnType<typeof open>>['pool']

/** Makes due now what would be due within a minute; leased rows stay leased. */
async function hasten(pool: Pool): Promise<void> {
  await pool`
    update identity.erasures set due_at = now()
    where id in (select id from identity.erasures where state in ('waiting', 'frozen') for update skip locked)`
  await pool`
    update platform_jobs.jobs set due_at = now()
    where id in (
      select id from platform_jobs.jobs
      where worker is null and due_at > now() and name like 'identity.%' for update skip locked)`
  // A worker that looked while the row was locked found nothing.
  await pool`
    insert into platform_jobs.jobs (name, key, payload) values ('identity.advance-erasures', 'hastened', '{}')
    on conflict do nothing`
}

/** Expires the leases of dead workers. */
async function release(pool: Pool): Promise<void> {
  await pool`update platform_jobs.jobs set due_at = now() where worker is not null`
  for (const { contract } of modules) await pool`update ${pool(contract.name)}.outbox set next_attempt_at = now()`
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`it never came to this: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

test('an erasure completes although the server is killed three times during it', async t => {
  const { pool, wire, start } = await open(t)
  let server = await start()
  const { accessToken: token, user } = await httpClient(server.origin).client(identity).register(account)
  const made = Array.from({ length: 40 }, (_, index) => ({ url: `https://example.org/${index}` }))
  await httpClient(server.origin).client(links, { token }).createLinks({ links: made })
  await httpClient(server.origin).client(chat, { token }).createRoom({ name: 'ada speaks' })

  const hits: string[] = []
  // Set before the next server starts: it resumes immediately.
  const aimAt = (point: Point | undefined, kind = point?.kind) => {
    if (point === undefined || kind === undefined) wire.decide(() => pass)
    else wire.decide(aim({ ...point, kind }, () => hits.push(point.name)))
  }
  aimAt(points[0])
  await httpClient(server.origin).client(identity, { token }).requestErasure({ username: account.username })
  for (const [index, { name }] of points.entries()) {
    await until(name, async () => {
      await hasten(pool)
      return hits.at(-1) === name
    })
    await server.kill()
    wire.cut('close') // the hanging connection would keep its transaction open although its client is dead
    await release(pool)
    aimAt(points[index + 1])
    server = await start()
  }
  await until('the tombstone', async () => {
    await hasten(pool)
    return (await pool`select 1 from identity.erased_subjects where kept_at is not null`).length === 1
  })
  assert.deepEqual(
    hits,
    points.map(({ name }) => name),
  )
  const left = await leftOf(pool, user.id)
  assert.deepEqual(left, { users: 0, erasures: 0, answers: 0, links: 0, members: 0, dead: 0 })

  await t.test('the check turns red for a server that treats a started erasure as finished', async () => {
    const ben = { ...account, username: 'ben_skipped', email: 'ben@example.org' }
    const his = await httpClient(server.origin).client(identity).register(ben)
    await httpClient(server.origin)
      .client(links, { token: his.accessToken })
      .createLink({ url: 'https://example.org/' })
    const before = hits.length
    aimAt(
      points.find(({ name }) => name === 'deleted'),
      'hang-before',
    )
    await httpClient(server.origin)
      .client(identity, { token: his.accessToken })
      .requestErasure({ username: ben.username })
    await until('his links', async () => {
      await hasten(pool)
      return hits.length > before
    })
    await server.kill()
    wire.cut('close')
    await release(pool)
    aimAt(undefined)
    server = await start(patchesOf(['erasures-unresumed', 'erasures-unverified']))
    await until('his tombstone', async () => {
      await hasten(pool)
      return (await pool`select 1 from identity.erased_subjects where kept_at is not null`).length === 2
    })
    assert.equal((await leftOf(pool, his.user.id)).links, 1, 'the links that were not erased are found')
  })
  await server.stop()
})

/** What remains of an account. */
async function leftOf(pool: Pool, userId: string) {
  const [left] = await pool`
    select (select count(*) from identity.users where id = ${userId})::int as users,
           (select count(*) from identity.erasures)::int as erasures,
           (select count(*) from identity.privacy_answers)::int as answers,
           (select count(*) from links.links where owner_id = ${userId})::int as links,
           (select count(*) from chat.members where user_id = ${userId})::int as members,
           (select count(*) from platform_jobs.dead_letters)::int as dead`
  return { ...left } as Readonly<Record<'users' | 'erasures' | 'answers' | 'links' | 'members' | 'dead', number>>
}
