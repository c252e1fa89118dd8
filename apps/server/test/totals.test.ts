/** `?include=total` works on every list. The walk over the contracts also finds lists that are added later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Contract, type Operation, totalMax } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import { chat } from '@octet/contracts/chat'
import { examplePeople } from '@octet/contracts/examples'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { newId, openPool } from '@octet/db'
import { type Test, type TestApp, testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const { mira, jonas, priya, tomas } = examplePeople

interface Page {
  readonly data: readonly unknown[]
  readonly meta: { readonly nextCursor: string | null; readonly total?: number; readonly totalIsExact?: boolean }
}

interface List {
  readonly fullName: string
  readonly operation: string
  readonly spec: Operation
}

function propertiesOf(schema: unknown): Record<string, unknown> {
  return (schema as { properties?: Record<string, unknown> } | undefined)?.properties ?? {}
}

/** Operations that answer a page with a cursor. */
function listsOf({ name, operations }: Contract): List[] {
  return Object.entries(operations).flatMap(([operation, spec]) => {
    const isList = 'nextCursor' in propertiesOf(propertiesOf(spec.output).meta)
    return isList ? [{ fullName: `${name}.${operation}`, operation, spec }] : []
  })
}

/** Inserts what the API cannot create in one call: two sessions, two passkeys and two mails of Mira. */
async function insertRows(t: Test, app: TestApp): Promise<void> {
  const pool = openPool(app.databaseUrl)
  t.after(() => pool.end())
  for (const index of [1, 2]) {
    const later = new Date(Date.now() + 1e9)
    await pool`
      insert into identity.sessions (id, user_id, kind, cookie_hash, idle_seconds, idle_expires_at, absolute_expires_at,
                                     user_agent, address_prefix)
      values (${newId()}, ${mira.id}, 'web', ${Buffer.from([index])}, 3600, ${later}, ${later}, 'test', '192.0.2.0/24')`
    await pool`
      insert into identity.passkeys (id, user_id, credential_id, public_key, counter, transports, aaguid, is_backed_up,
                                     name, guards_password)
      values (${newId()}, ${mira.id}, ${`credential-${index}`}, ${Buffer.from([index])}, 0, '{}', '', false,
              'Key', false)`
    await pool`
      insert into platform_mail.mails (id, module, kind, recipient, subject, content, state)
      values (${newId()}, 'identity', 'test', 'mira@example.org', 'Hello', ${Buffer.from([index])}, 'kept')`
  }
}

/** Gives every list at least two items. Returns the input of each list that needs one. */
async function fill(t: Test, app: TestApp): Promise<Record<string, object>> {
  await app.runtime.seedDemo()
  await insertRows(t, app)
  const as = { token: app.as(mira.id, { roles: ['admin'] }) }
  const people = app.client(identity, as)
  const rooms = app.client(chat, as)
  const mine = app.client(links, as)
  const { id: roomId } = await rooms.createRoom({ name: 'Totals', visibility: 'public' })
  const { webhook } = await mine.createWebhook({ url: 'https://example.org/hook', events: ['link.created'] })
  for (const [index, other] of [jonas, priya].entries()) {
    await people.createApiKey({ name: `key ${index}`, scopes: ['links:read'] })
    await people.blockUser({ id: other.id })
    await people.reportUser({ id: other.id, reason: 'spam' })
    await mine.createLink({ url: `https://example.org/${index}` })
    await mine.pingWebhook({ id: webhook.id })
    await rooms.addMember({ id: roomId, userId: tomas.id }).catch(() => undefined)
    await rooms.createInvitation({ id: roomId })
    await rooms.sendMessage({ roomId, cmid: `message-${index}`, body: 'lighthouse' })
    await rooms.banMember({ id: roomId, userId: other.id })
  }
  return {
    'identity.searchUsers': { q: 'to' },
    'links.listWebhookDeliveries': { id: webhook.id },
    'chat.listMembers': { id: roomId },
    'chat.listBans': { id: roomId },
    'chat.listInvitations': { id: roomId },
    'chat.listModeration': { id: roomId },
    'chat.searchMessages': { q: 'lighthouse' },
  }
}

/** Reads all pages. */
async function lengthOf(list: (input: object) => Promise<Page>, input: object): Promise<number> {
  let length = 0
  let cursor: string | null | undefined
  while (cursor !== null) {
    const { data, meta } = await list({ ...input, ...(cursor === undefined ? {} : { cursor }) })
    length += data.length
    cursor = meta.nextCursor
  }
  return length
}

test('every list returns its total when asked, whatever the page, and never unasked', async t => {
  const app = await testApp(t, { modules, trustCallers: true })
  const inputs = await fill(t, app)
  const token = app.as(mira.id, { roles: ['admin'] })
  let lists = 0
  for (const contract of contracts) {
    const client = app.client(contract, { token }) as unknown as Record<string, (input: object) => Promise<Page>>
    for (const { fullName, operation, spec } of listsOf(contract)) {
      const input = inputs[fullName] ?? {}
      const list = client[operation] as (input: object) => Promise<Page>
      const plain = await list(input)
      assert.ok(!('total' in plain.meta) && !('totalIsExact' in plain.meta), `${fullName} counts unasked`)
      const length = await lengthOf(list, input)
      assert.ok(length > 0, `${fullName} has no items; create them in this test`)
      const isPaged = 'limit' in propertiesOf(spec.input)
      const { meta } = await list({ ...input, include: 'total', ...(isPaged ? { limit: 1 } : {}) })
      assert.deepEqual([meta.total, meta.totalIsExact], [length, true], fullName)
      lists++
    }
  }
  assert.ok(lists >= 18, `the walk saw ${lists} lists`)
})

test('a total stops at the limit and says that it is not exact', async t => {
  const app = await testApp(t, { modules, trustCallers: true })
  const owner = newId()
  await app.db('links').sql`
    insert into links (id, owner_id, code, code_key, url, created_at, updated_at)
    select gen_random_uuid(), ${owner}, 'count-' || n, 'count-' || n, 'https://example.org/', now(), now()
    from generate_series(1, ${totalMax + 5}) as n`
  const { meta } = await app.client(links, { token: app.as(owner) }).listLinks({ include: 'total', limit: 1 })
  assert.deepEqual([meta.total, meta.totalIsExact, meta.hasMore], [totalMax, false, true])
})
