import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mails } from '@octet/contracts/mails'
import { newId } from '@octet/db'
import { type Test, type TestApp, testApp } from '@octet/testkit'
import { mailsModule } from '../src/module.ts'

function openMails(t: Test): Promise<TestApp> {
  return testApp(t, { modules: [mailsModule] })
}

async function send(app: TestApp, to: string, subject = 'Hello'): Promise<void> {
  await app.db('mails').transaction('test.send', tx =>
    app.runtime.mail.mailerOf('mails').send(tx, {
      kind: 'greeting',
      to,
      language: 'en',
      content: { subject, lines: ['Hello there'], action: { label: 'Open', path: '/home' } },
    }),
  )
}

test('an administrator sees what was sent, newest first, page by page, and what one mail says', async t => {
  const app = await openMails(t)
  const client = app.client(mails, { token: app.as(newId(), { roles: ['admin'] }) })
  for (const to of ['one@example.org', 'two@example.org', 'Three@example.org']) await send(app, to)
  const first = await client.listMails({ limit: 2 })
  assert.deepEqual(
    first.data.map(({ to }) => to),
    ['Three@example.org', 'two@example.org'],
  )
  const rest = await client.listMails({ limit: 2, cursor: first.meta.nextCursor ?? '' })
  assert.deepEqual(
    rest.data.map(({ to }) => to),
    ['one@example.org'],
  )
  assert.equal(rest.meta.hasMore, false)
  const [three] = (await client.listMails({ to: 'three@example.org' })).data
  assert.deepEqual([three?.module, three?.kind, three?.subject], ['mails', 'greeting', 'Hello'])
  const mail = await client.getMail({ id: three?.id ?? '' })
  assert.match(mail.text, /Hello there\n\nhttp:\/\/localhost:3000\/home\n/)
  await assert.rejects(client.getMail({ id: newId() }), { status: 404 })
})

test('only an administrator can read mails', async t => {
  const app = await openMails(t)
  await send(app, 'private@example.org')
  const { data } = await app.client(mails, { token: app.as(newId(), { roles: ['admin'] }) }).listMails({})
  const id = data[0]?.id ?? ''
  for (const [caller, status] of [
    [{}, 401],
    [{ token: app.as(newId()) }, 403],
    [{ token: app.as(newId(), { roles: ['user', 'premium', 'moderator'] }) }, 403],
    [{ token: app.as(newId(), { roles: ['admin'], scopes: ['links:read'] }) }, 403],
  ] as const) {
    assert.equal((await app.request(mails, 'listMails', {}, caller)).status, status)
    assert.equal((await app.request(mails, 'getMail', { id }, caller)).status, status)
  }
})

test('with a mail server the content of mails cannot be read', async t => {
  const smtp = { url: 'smtp://127.0.0.1:9', from: 'Octet <no-reply@example.org>' }
  const app = await testApp(t, { modules: [mailsModule], smtp })
  await send(app, 'private@example.org')
  const client = app.client(mails, { token: app.as(newId(), { roles: ['admin'] }) })
  const { data } = await client.listMails({})
  assert.equal(data[0]?.state, 'waiting')
  await assert.rejects(client.getMail({ id: data[0]?.id ?? '' }), { code: 'mails.mail-delivered-elsewhere' })
})
