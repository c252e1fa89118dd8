import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import { defer, type Test, type TestApp, testApp } from '@octet/testkit'
import { Webhook as Verifier } from 'standardwebhooks'
import { handlers } from '../src/handlers.ts'
import { linksModule } from '../src/module.ts'
import { countBatch } from '../src/statistics/count-clicks.ts'

const url = 'https://example.org/a'
const all = ['link.created', 'link.updated', 'link.deleted', 'link.clicked', 'link.expired'] as const

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver with scripted answers that records what it gets. */
async function receiver(t: Test) {
  const received: Received[] = []
  const answer = { status: 204, body: '', headers: {} as Record<string, string> }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, () => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, answer }
}

async function open(t: Test) {
  const app = await testApp(t, { modules: [linksModule], outbound: { allow: ['127.0.0.0/8'] } })
  const ownerId = newId()
  const mine = app.client(links, { token: app.as(ownerId) })
  const theirs = app.client(links, { token: app.as(newId()) })
  return { app, mine, theirs, ownerId, hook: await receiver(t) }
}

function contextOf(app: TestApp) {
  return app.runtime.host.contextOf('links', serviceRequest('links', newId(), 30_000)) as never
}

async function runJob(app: TestApp, name: string, payload: object = {}): Promise<void> {
  const job = linksModule.jobs?.find(each => each.job.name === name)
  assert.ok(job, `no job ${name}`)
  await job.run(contextOf(app), payload, { id: newId(), attempt: 1, signal: new AbortController().signal })
}

/** What the jobs do in turn: collected clicks become messages, and each webhook gets those that are due. */
async function deliver(app: TestApp): Promise<void> {
  await runJob(app, 'links.publish-clicks')
  const due = await app.db('links').sql<{ id: string }[]>`select id from webhooks`
  await Promise.all(due.map(({ id }) => runJob(app, 'links.deliver-to-webhook', { webhookId: id })))
}

/** The headers in the form the verifier expects. */
function verify(secret: string, { headers, body }: Received): { type: string; data: Record<string, unknown> } {
  return new Verifier(secret).verify(body, headers as Record<string, string>) as never
}

test('events of links arrive signed, and the Standard Webhooks verifier accepts them', async t => {
  const { app, mine, theirs, hook } = await open(t)
  const { webhook, secret } = await mine.createWebhook({ url: hook.url, events: [...all] })
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const link = await mine.createLink({ url, alias: 'spring' })
  await mine.updateLink({ id: link.id, title: 'Spring' })
  await mine.deleteLink({ id: link.id })
  await theirs.createLink({ url })
  await deliver(app)
  const messages = hook.received.map(message => verify(secret, message))
  assert.deepEqual(messages.map(({ type }) => type).sort(), ['link.created', 'link.deleted', 'link.updated'])
  const created = messages.find(({ type }) => type === 'link.created')
  assert.deepEqual(created?.data.link, link)
  const [first] = hook.received
  assert.ok(first)
  assert.throws(() => verify(secret, { ...first, body: first.body.replace('spring', 'summer') }), /signature/i)
  assert.throws(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, first), /signature/i)
  const log = await mine.listWebhookDeliveries({ id: webhook.id })
  assert.deepEqual(
    log.data.map(({ state, attempts }) => [state, attempts]),
    [
      ['delivered', 1],
      ['delivered', 1],
      ['delivered', 1],
    ],
  )
  assert.ok(log.data.some(({ id }) => id === first.headers['webhook-id']))
  await deliver(app)
  assert.equal(hook.received.length, 3)
})

test('a message belongs to its change: a rolled-back or refused change sends none', async t => {
  const { app, mine, hook } = await open(t)
  await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  await mine.createLink({ url, alias: 'taken' })
  await assert.rejects(mine.createLink({ url, alias: 'taken' }))
  await mine.createLink({ url }, { idempotencyKey: 'once' })
  await mine.createLink({ url }, { idempotencyKey: 'once' })
  const link = await mine.createLink({ url })
  await mine.updateLink({ id: link.id, title: 'not wanted' })
  await deliver(app)
  assert.equal(hook.received.length, 3)
})

test('a failed delivery is retried with growing pauses for three days, then the webhook is disabled', async t => {
  const { app, mine, hook } = await open(t)
  const { webhook, secret } = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  hook.answer.status = 500
  hook.answer.body = `broken\0${'x'.repeat(5_000)}`
  await mine.createLink({ url })
  const startMs = app.nowMs
  const pausesMs: number[] = []
  for (let attempt = 1; attempt <= 11; attempt++) {
    await deliver(app)
    assert.equal(hook.received.length, attempt)
    const next = (await mine.listWebhookDeliveries({ id: webhook.id })).data[0]?.nextAttemptAt
    if (next === null || next === undefined) break
    pausesMs.push(Date.parse(next) - app.nowMs)
    await deliver(app)
    assert.equal(hook.received.length, attempt, 'not before its time')
    app.nowMs = Date.parse(next)
  }
  assert.deepEqual(
    pausesMs,
    [...pausesMs].sort((a, b) => a - b),
    'growing',
  )
  const days = (app.nowMs - startMs) / 86_400_000
  assert.ok(days > 2.9 && days < 3.5, `${days} days`)
  assert.equal(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  assert.equal(new Set(hook.received.map(({ headers }) => headers['webhook-timestamp'])).size, 11)
  const details = await mine.getWebhookDelivery({
    id: webhook.id,
    deliveryId: hook.received[0]?.headers['webhook-id'] as string,
  })
  assert.deepEqual([details.state, details.attempts, details.log.length], ['failed', 11, 11])
  assert.deepEqual([details.log[0]?.status, details.log[0]?.response.length], [500, 2_047])
  const [after] = (await mine.listWebhooks({})).data
  assert.deepEqual([after?.isEnabled, after?.disabledReason], [false, 'failing'])
  const [event] = await app.db('links').sql`select data from outbox where event = 'webhook-disabled'`
  assert.equal((event?.data as { reason: string })?.reason, 'failing')
  // A disabled webhook queues and sends nothing. Enabled again, it starts afresh.
  await mine.createLink({ url })
  await assert.rejects(mine.pingWebhook({ id: webhook.id }), { code: 'links.webhook-disabled' })
  hook.answer.status = 200
  await mine.updateWebhook({ id: webhook.id, isEnabled: true })
  await mine.resendWebhookDelivery({ id: webhook.id, deliveryId: details.id })
  await deliver(app)
  assert.equal(hook.received.length, 12)
  assert.equal((await mine.getWebhookDelivery({ id: webhook.id, deliveryId: details.id })).state, 'delivered')
  assert.ok(secret)
})

test('a receiver that answers 410 gets nothing more', async t => {
  const { app, mine, hook } = await open(t)
  await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  hook.answer.status = 410
  await mine.createLink({ url })
  await deliver(app)
  const [webhook] = (await mine.listWebhooks({})).data
  assert.deepEqual([webhook?.isEnabled, webhook?.disabledReason], [false, 'gone'])
})

test('the owner gets one mail each time a webhook is disabled', async t => {
  const mails: { userId: string; kind: string; text: { en: { lines: string[] } } }[] = []
  const fakes = {
    identity: {
      mailUser: async (input: never) => {
        mails.push(input)
        return { sent: true }
      },
    },
  }
  const app = await testApp(t, { modules: [linksModule], outbound: { allow: ['127.0.0.0/8'] }, fakes })
  const ownerId = newId()
  const mine = app.client(links, { token: app.as(ownerId) })
  const hook = await receiver(t)
  await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  hook.answer.status = 410
  await app.runtime.start()
  await mine.createLink({ url })
  const deadlineMs = performance.now() + 20_000
  while (mails.length === 0 && performance.now() < deadlineMs) await new Promise(done => setTimeout(done, 20))
  assert.deepEqual(
    mails.map(({ userId, kind }) => [userId, kind]),
    [[ownerId, 'webhook-disabled']],
  )
  assert.match(
    mails[0]?.text.en.lines[0] ?? '',
    /127\.0\.0\.1:\d+ was disabled\. It answered that it no longer exists \(410\)/,
  )
})

test('a new secret signs beside the old one for a day, and alone afterwards', async t => {
  const { app, mine, hook } = await open(t)
  const { webhook, secret: before } = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  const { secret: after, webhook: rotated } = await mine.rotateWebhookSecret({ id: webhook.id })
  assert.ok(rotated.oldSecretUntil)
  await mine.pingWebhook({ id: webhook.id })
  await deliver(app)
  const [first] = hook.received
  assert.ok(first)
  assert.equal(verify(before, first).type, 'ping')
  assert.equal(verify(after, first).type, 'ping')
  app.nowMs += 86_400_001
  assert.equal((await mine.listWebhooks({})).data[0]?.oldSecretUntil, null)
  await mine.pingWebhook({ id: webhook.id })
  await deliver(app)
  assert.equal(String(hook.received[1]?.headers['webhook-signature']).split(' ').length, 1)
  const [row] = await app.db('links').sql<{ secret: Buffer }[]>`select secret from webhooks`
  assert.ok(!row?.secret.includes(Buffer.from(after.slice(6), 'base64')), 'sealed at rest')
})

test('A14: a webhook that points or redirects into our own network returns nothing', async t => {
  const { app, mine, hook } = await open(t)
  const { webhook } = await mine.createWebhook({ url: 'http://169.254.169.254/latest', events: ['link.created'] })
  const redirected = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  hook.answer.status = 302
  hook.answer.headers = { location: 'http://169.254.169.254/' }
  await mine.createLink({ url })
  await deliver(app)
  const [refused] = (await mine.listWebhookDeliveries({ id: webhook.id })).data
  const details = await mine.getWebhookDelivery({ id: webhook.id, deliveryId: refused?.id ?? '' })
  assert.deepEqual([details.log[0]?.status, details.log[0]?.response], [null, ''])
  assert.match(details.log[0]?.error ?? '', /not on the public internet/)
  const [other] = (await mine.listWebhookDeliveries({ id: redirected.webhook.id, state: 'pending' })).data
  assert.equal(other?.attempts, 1)
  assert.equal(hook.received.length, 1)
  await assert.rejects(mine.createWebhook({ url: 'ftp://x.org', events: ['link.created'] }), {
    code: 'links.url-not-allowed',
  })
})

test('clicks are delivered in batches, each once, also when their journal batch is repeated', async t => {
  const { app, mine, hook } = await open(t)
  const { secret } = await mine.createWebhook({ url: hook.url, events: ['link.clicked'] })
  const link = await mine.createLink({ url })
  const click = (kind: 'h' | 'b') => Buffer.from(`1 ${app.nowMs} ${link.id} ${kind}`)
  const db = app.db('links') as never
  const journalId = newId()
  const batch = (from: number, records: Buffer[]) =>
    ({ journalId, from: { segment: 1, offset: from }, to: { segment: 1, offset: from + 1 }, records }) as never
  await countBatch(db, batch(0, [click('h'), click('b')]), app.nowMs)
  await countBatch(db, batch(1, [click('h')]), app.nowMs)
  await assert.rejects(countBatch(db, batch(1, [click('h')]), app.nowMs), /not counted up to/)
  await deliver(app)
  assert.equal(hook.received.length, 0, 'collected for ten seconds')
  app.nowMs += 10_000
  await Promise.all([runJob(app, 'links.publish-clicks'), runJob(app, 'links.publish-clicks')])
  await deliver(app)
  assert.equal(hook.received.length, 1)
  const { data } = verify(secret, hook.received[0] as Received)
  const [told] = data.links as { linkId: string; clicks: number; botClicks: number }[]
  assert.deepEqual([told?.linkId, told?.clicks, told?.botClicks], [link.id, 2, 1])
})

test('an expired link is delivered once', async t => {
  const { app, mine, hook } = await open(t)
  await mine.createWebhook({ url: hook.url, events: ['link.expired'] })
  const link = await mine.createLink({ url, clicksMax: 1 })
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  const visit = async () => (await app.http.inject({ url: `/s/${link.code}`, headers })).statusCode
  assert.deepEqual([await visit(), await visit()], [302, 410])
  // What the relay does: this app has no identity whose events it could relay as well.
  const listener = handlers.find(({ event }) => event === 'link-expired')
  const events = await app.db('links').sql<{ data: unknown }[]>`select data from outbox where event = 'link-expired'`
  assert.equal(events.length, 1)
  await app.db('links').transaction('test', async tx => {
    await listener?.handle(contextOf(app), tx, events[0]?.data as never)
  })
  await deliver(app)
  const types = hook.received.map(({ body }) => JSON.parse(body).data.reason)
  assert.deepEqual(types, ['clicks'])
})

test('the queue of a webhook is bounded, and dropped messages are counted', async t => {
  const { app, mine, hook } = await open(t)
  const { webhook } = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  await app.db('links').sql`
    insert into webhook_deliveries (id, webhook_id, event, body, state, due_at, created_at)
    select gen_random_uuid(), ${webhook.id}, 'link.created', '{}', 'pending', '2020-01-01', now()
    from generate_series(1, 1000)`
  await mine.createLink({ url })
  assert.equal((await mine.listWebhooks({})).data[0]?.dropped, 1)
  await assert.rejects(mine.pingWebhook({ id: webhook.id }), { code: 'links.too-many' })
})

test('messages and their attempts are deleted after 30 days', async t => {
  const { app, mine, hook } = await open(t)
  const { webhook } = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  await mine.createLink({ url })
  await deliver(app)
  app.nowMs += 29 * 86_400_000
  await runJob(app, 'links.forget-webhook-deliveries')
  assert.equal((await mine.listWebhookDeliveries({ id: webhook.id })).data.length, 1)
  app.nowMs += 2 * 86_400_000
  await runJob(app, 'links.forget-webhook-deliveries')
  assert.equal((await mine.listWebhookDeliveries({ id: webhook.id })).data.length, 0)
  const [row] = await app.db('links').sql<{ count: number }[]>`select count(*)::int from webhook_attempts`
  assert.equal(row?.count, 0)
})

test('a webhook of another account looks like an unknown one', async t => {
  const { app, mine, theirs, hook } = await open(t)
  const { webhook } = await mine.createWebhook({ url: hook.url, events: ['link.created'] })
  const ping = await mine.pingWebhook({ id: webhook.id })
  const { id } = webhook
  const deliveryId = ping.id
  for (const [operation, input] of [
    ['updateWebhook', { id, url: 'https://example.org' }],
    ['deleteWebhook', { id }],
    ['rotateWebhookSecret', { id }],
    ['pingWebhook', { id }],
    ['listWebhookDeliveries', { id }],
    ['getWebhookDelivery', { id, deliveryId }],
    ['resendWebhookDelivery', { id, deliveryId }],
  ] as const) {
    const theirsAnswer = await app.request(links, operation, input, { token: app.as(newId()) })
    assert.deepEqual([operation, theirsAnswer.status], [operation, 404])
    const otherRooms = await app.request(links, operation, input)
    assert.deepEqual([operation, otherRooms.status], [operation, 401])
  }
  const other = await theirs.createWebhook({ url: hook.url, events: ['link.created'] })
  await assert.rejects(theirs.getWebhookDelivery({ id: other.webhook.id, deliveryId }), { code: 'not-found' })
  await assert.rejects(theirs.resendWebhookDelivery({ id: other.webhook.id, deliveryId }), { code: 'not-found' })
  assert.equal((await theirs.listWebhooks({})).data.length, 1)
  await assert.rejects(mine.createWebhook({ url: hook.url, events: [] }), { code: 'validation-failed' })
  await assert.rejects(mine.createWebhook({ url: hook.url, events: ['all'] as never }), { code: 'validation-failed' })
})
