import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Db, newId, openDb } from '@octet/db'
import { createJobs, jobsMigrations } from '@octet/jobs'
import { createLog, createMetrics } from '@octet/observe'
import { createSecrets, newSecretKey } from '@octet/secrets'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { type Mail, mailMigrations, openPostOffice } from '../src/index.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const folder = new URL('no-migrations/', import.meta.url)
const deadlineMs = 60_000

async function openMail(t: Test, { smtp = true }: { smtp?: boolean } = {}) {
  const senders = ['sender', 'other'].map(module => ({ module, folder }))
  const url = await testDatabase(t, [jobsMigrations, mailMigrations, ...senders])
  const server = await startMailServer()
  defer(t, () => server.close())
  const log = createLog({ level: 'error', destination: { write: () => {} } })
  const jobs = createJobs({ url, log })
  const office = openPostOffice({
    databaseUrl: url,
    jobs,
    secrets: createSecrets([newSecretKey()]),
    log,
    metrics: createMetrics({ processMetrics: false }),
    origin: 'https://octet.example',
    smtp: smtp ? { url: server.url, from: 'Octet <no-reply@octet.example>' } : undefined,
  })
  const { job, spec } = office.jobOf('sender')
  jobs.define(job, { ...spec, backoff: { firstMs: 10, maxMs: 20 }, attemptsMax: 3 })
  await jobs.start()
  const db = openDb({ url, schema: 'sender' })
  const other = openDb({ url, schema: 'other' })
  defer(t, async () => {
    await jobs.stop(2_000)
    await office.close()
    await Promise.all([db.close(), other.close()])
  })
  return { server, office, jobs, db, other, send: (mail: Partial<Mail> = {}) => sendFrom(db, office, mail) }
}

function sendFrom(db: Db, office: ReturnType<typeof openPostOffice>, mail: Partial<Mail> = {}) {
  return db.transaction('send', tx => office.mailerOf('sender').send(tx, { ...sample, ...mail }))
}

const sample: Mail = {
  kind: 'greeting',
  to: 'ada@example.org',
  language: 'en',
  content: { subject: 'Hello', lines: ['Grüße & <b>more</b>'], action: { label: 'Open', path: '/verify#code=1' } },
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > endMs) throw new Error(`${what} did not happen`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const arrival = (server: MailServer, count = 1) =>
  until(`${count} mails`, () => (server.received.length >= count ? server.received : undefined))

test('a mail reaches a real server as text and HTML, once, and its row is deleted', async t => {
  const { server, office, send } = await openMail(t)
  await send()
  const [mail] = await arrival(server)
  assert.deepEqual([mail?.from, mail?.to], ['no-reply@octet.example', ['ada@example.org']])
  const raw = mail?.raw ?? ''
  assert.match(raw, /^From: Octet <no-reply@octet\.example>\r$/m)
  assert.match(raw, /^To: ada@example\.org\r$/m)
  assert.match(raw, /^Subject: Hello\r$/m)
  assert.match(raw, /^Auto-Submitted: auto-generated\r$/m)
  const plain = raw.replaceAll('=\r\n', '')
  assert.match(plain, /Gr=C3=BC=C3=9Fe & <b>more<\/b>/)
  assert.match(plain, /&amp; &lt;b&gt;more&lt;\/b&gt;/)
  assert.match(plain, /https:\/\/octet\.example\/verify#code=3D1/)
  await until('the row to go', async () => ((await office.outbox.list({ limit: 9 })).length === 0 ? true : undefined))
  assert.equal(server.received.length, 1)
})

test('a mail leaves only if its transaction commits', async t => {
  const { server, office, db, send } = await openMail(t)
  const rolledBack = db.transaction('send', async tx => {
    await office.mailerOf('sender').send(tx, { ...sample, to: 'never@example.org' })
    throw new Error('changed my mind')
  })
  await assert.rejects(rolledBack, /changed my mind/)
  await send()
  await arrival(server)
  assert.deepEqual(
    server.received.map(({ to }) => to),
    [['ada@example.org']],
  )
})

test('a lost answer causes a resend under the same message id, and an unreachable server is retried', async t => {
  const { server, send } = await openMail(t)
  server.dropAfterData = true
  await send()
  const received = await arrival(server, 2)
  const ids = received.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1])
  assert.match(ids[0] ?? '', /^<[0-9a-f-]{36}@octet\.example>$/)
  assert.equal(ids[0], ids[1])
})

test('a temporary rejection becomes a replayable dead letter; a permanent one is kept without its content', async t => {
  const { server, office, jobs, db, send } = await openMail(t)
  server.refuseWith = { code: 451, text: 'try later' }
  await send()
  const dead = await until('a dead letter', async () => (await jobs.deadLetters())[0])
  assert.deepEqual([dead.name, dead.failures], ['sender.deliver-mail', 3])
  assert.deepEqual(Object.keys(dead.payload as object), ['mailId'], 'no address and no secret in the queue')
  server.refuseWith = { code: 550, text: 'no such user' }
  assert.equal(await jobs.replay(dead.id), true)
  const refused = await until('the refusal', async () =>
    (await office.outbox.list({ limit: 1 })).find(({ state }) => state === 'refused'),
  )
  assert.match(refused.error ?? '', /no such user/)
  assert.equal(await office.outbox.read(refused.id), undefined)
  const mine = await db.sql`select 1 from platform_mail.mails`.catch(error => (error as { code: string }).code)
  assert.equal(mine, '42501', 'a module cannot read mails')
})

test('without a mail server mails are kept sealed for administrators, and deleted with their account', async t => {
  const { server, office, db, other, send } = await openMail(t, { smtp: false })
  const userId = newId()
  await send({ userId })
  await send({ userId: newId() })
  const kept = await until('both kept', async () => {
    const rows = await office.outbox.list({ limit: 9 })
    return rows.every(({ state }) => state === 'kept') ? rows : undefined
  })
  assert.equal(kept.length, 2)
  assert.match((await office.outbox.read(kept[0]?.id ?? ''))?.text ?? '', /verify#code=1/)
  await assert.rejects(async () => db.sql`select 1 from platform_mail.mails`, { code: '42501' })
  const forget = (from: Db) => from.transaction('forget', tx => office.mailerOf('sender').forget(tx, userId))
  assert.equal(await forget(other), 0, 'another module’s')
  assert.equal(await forget(db), 1)
  assert.equal((await office.outbox.list({ limit: 9 })).length, 1)
  assert.equal(server.received.length, 0)
})

test('no input of a sender can add a header, a recipient or a foreign link', async t => {
  const { server, office, db, send } = await openMail(t)
  const lure = 'x\r\nBcc: evil@example.com\r\n\r\nbody'
  await send({ content: { subject: `Hi ${lure}\u2028\u0000`, lines: [lure] } })
  const [mail] = await arrival(server)
  const head = mail?.raw.split('\r\n\r\n')[0] ?? ''
  assert.doesNotMatch(head, /^bcc:/im)
  assert.match(head, /^Subject: Hi x Bcc: evil@example\.com body\r$/m)
  assert.deepEqual(mail?.to, ['ada@example.org'])
  const addresses = [
    'a@example.org\r\nBcc: evil@example.com',
    'a@example.org, evil@example.com',
    'Ada <evil@example.com>@example.org',
    '"a@evil.com,"@example.org',
    '<a@example.org>',
    'a b@example.org',
    'group:a@example.org;',
    'a@example.org\u2028',
    '@example.org',
    'a@localhost',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    `${'a'.repeat(65)}@example.org`,
  ]
  for (const to of addresses) await assert.rejects(send({ to }), RangeError, to)
  for (const to of ['jo+tag@example.org', "o'neil@sub.example.co.uk", 'grüße@bücher.example']) await send({ to })
  for (const path of ['//evil.com', '/\\evil.com', '/a b', '/\tx', 'https://evil.com', '/x\r\ny'] as const) {
    const content = { ...sample.content, action: { label: 'x', path: path as `/${string}` } }
    await assert.rejects(sendFrom(db, office, { content }), RangeError, path)
  }
})
