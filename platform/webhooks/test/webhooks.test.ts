/** Webhooks of any module: signatures, pauses, and deliveries by the jobs of a running process. */
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import { defer, erasePerson, type Test, type TestApp, testApp } from '@octet/testkit'
import fc from 'fast-check'
import { Webhook as Verifier } from 'standardwebhooks'
import { disabledAfter, newWebhookSecret, pauseMs, signedHeaders } from '../src/rules.ts'
import { disabled, type ParcelsContext, parcels, parcelsModule, webhooks } from './parcels.ts'

test('any message verifies with each of its secrets, and with no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uuid(), (text, id) => {
      const body = JSON.stringify({ text })
      const [first, second, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()]
      const headers = signedHeaders({ id, atMs: Date.now(), body }, [first, second])
      for (const secret of [first, second]) assert.deepEqual(new Verifier(secret).verify(body, headers), { text })
      assert.throws(() => new Verifier(other).verify(body, headers))
      assert.throws(() => new Verifier(first).verify(`${body} `, headers))
    }),
    { numRuns: 20 },
  )
})

test('pauses grow from five seconds to a day and end after three days', () => {
  const pauses = Array.from({ length: 12 }, (_, index) => pauseMs(index + 1, 0))
  const known = pauses.filter(pause => pause !== undefined)
  assert.equal(known.length, 10)
  assert.deepEqual(
    known,
    known.toSorted((a, b) => a - b),
  )
  const days = known.reduce((sum, pause) => sum + pause) / 86_400_000
  assert.ok(days > 2.9 && days < 3.3, `${days} days`)
  assert.equal(pauseMs(1, 1), 5_500, 'by chance up to a tenth longer')
  assert.equal(disabledAfter(410, { failingSince: null, nowMs: 0 }), 'gone')
  const failingSince = new Date(0).toISOString()
  assert.equal(disabledAfter(500, { failingSince, nowMs: 71 * 3_600_000 }), undefined)
  assert.equal(disabledAfter(null, { failingSince, nowMs: 72 * 3_600_000 }), 'failing')
})

interface Receiver {
  readonly url: string
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[]
  /** Requests that wait for {@link Receiver.answer}. */
  readonly open: Set<ServerResponse>
  /** Answers those that are open and all that follow. */
  answer(status: number): void
}

async function openReceiver(t: Test, isSlow = false): Promise<Receiver> {
  const received: Receiver['received'] = []
  const open = new Set<ServerResponse>()
  let status = isSlow ? 0 : 204
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      if (status === 0) open.add(response)
      else response.writeHead(status).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, () => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  const answer = (given: number) => {
    status = given
    for (const response of open) response.writeHead(given).end()
    open.clear()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, open, answer }
}

async function openApp(t: Test) {
  const app = await testApp(t, { modules: [parcelsModule], outbound: { allow: ['127.0.0.0/8'] } })
  const ownerId = newId()
  return { app, ownerId, mine: app.client(parcels, { token: app.as(ownerId) }) }
}

function contextOf(app: TestApp): ParcelsContext {
  return app.runtime.host.contextOf('parcels', serviceRequest('parcels', newId(), 30_000)) as never
}

async function publish(app: TestApp, ownerId: string, numbers: readonly number[]): Promise<void> {
  const ctx = contextOf(app)
  await ctx.db.transaction('test.publish', async tx => {
    for (const number of numbers) await webhooks.publish(ctx, tx, { ownerId, event: 'parcel.sent', data: { number } })
  })
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 30_000
  while (!(await check())) {
    assert.ok(performance.now() < deadlineMs, `not in time: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('a second module has webhooks with a contract, an instance and a capability', async t => {
  const { app, ownerId, mine } = await openApp(t)
  const receiver = await openReceiver(t)
  const { webhook, secret } = await mine.createWebhook({ url: receiver.url, events: ['parcel.sent'] })
  await app.runtime.start()
  await publish(app, ownerId, [1])
  await until('the message arrives', () => receiver.received.length === 1)
  const [message] = receiver.received
  const { type, data } = new Verifier(secret).verify(message!.body, message!.headers as never) as {
    type: string
    data: object
  }
  assert.deepEqual([type, data], ['parcel.sent', { number: 1 }])
  await until(
    'it is recorded',
    async () => (await mine.listWebhookDeliveries({ id: webhook.id })).data[0]?.attempts === 1,
  )
  await assert.rejects(mine.updateWebhook({ id: webhook.id, isEnabled: false }, { ifMatch: 7 }), {
    code: 'version-mismatch',
  })
  await erasePerson(app, parcelsModule, ownerId)
  assert.deepEqual((await mine.listWebhooks({})).data, [])
})

test('slow receivers wait for themselves only, with two requests at once, and every message arrives once', async t => {
  const { app, ownerId, mine } = await openApp(t)
  const [slow, quick] = [await openReceiver(t, true), await openReceiver(t)]
  await mine.createWebhook({ url: slow.url, events: ['parcel.sent'] })
  await mine.createWebhook({ url: quick.url, events: ['parcel.sent'] })
  await app.runtime.start()
  const numbers = Array.from({ length: 12 }, (_, index) => index)
  await publish(app, ownerId, numbers)
  await until('all messages reach the quick receiver', () => quick.received.length === numbers.length)
  await until('two messages reach the slow receiver', () => slow.open.size === 2)
  await publish(app, ownerId, [12])
  await until('the next message reaches the quick receiver', () => quick.received.length === numbers.length + 1)
  assert.equal(slow.received.length, 2)
  slow.answer(204)
  await until('all messages reach the slow receiver', () => slow.received.length >= numbers.length + 1)
  for (const receiver of [slow, quick]) {
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    assert.equal(new Set(ids).size, numbers.length + 1)
    assert.equal(ids.length, numbers.length + 1, 'none twice')
  }
})

test('a webhook that is gone is switched off once, and what waited for it is kept', async t => {
  const { app, ownerId, mine } = await openApp(t)
  const receiver = await openReceiver(t)
  receiver.answer(410)
  disabled.length = 0
  await mine.createWebhook({ url: receiver.url, events: ['parcel.sent'] })
  await publish(app, ownerId, [1, 2, 3, 4, 5])
  await app.runtime.start()
  await until('it is off', async () => (await mine.listWebhooks({})).data[0]?.disabledReason === 'gone')
  const [webhook] = (await mine.listWebhooks({})).data
  const { data } = await mine.listWebhookDeliveries({ id: webhook!.id, state: 'pending' })
  assert.equal(data.length, 5)
  assert.deepEqual(disabled, ['gone'])
  assert.ok(receiver.received.length <= 2, 'nothing more is sent after it said that it is gone')
})
