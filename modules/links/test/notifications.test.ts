/** What links tells people: that it is still true when it arrives, and that what an older release enqueued arrives. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import { defer, type Test, type TestApp, testApp } from '@octet/testkit'
import type { LinksContext } from '../src/context.ts'
import { recheckDomains } from '../src/domains/recheck-domains.ts'
import { linksModule } from '../src/module.ts'

interface Told {
  readonly userId: string
  readonly kind: string
  readonly text: { readonly en: { readonly subject: string; readonly lines: readonly string[] } }
}

/** An app whose DNS is `txt`, and which has told people what is in `told`. Nothing runs before `start`. */
async function open(t: Test) {
  const told: Told[] = []
  const mailUser = async (input: Told) => {
    told.push(input)
    return { sent: true }
  }
  const txt = new Map<string, string[]>()
  const app = await testApp(t, {
    modules: [linksModule],
    outbound: { allow: ['127.0.0.0/8'], resolve: async () => [], resolveTxt: async name => txt.get(name) ?? [] },
    fakes: { identity: { mailUser } },
  })
  const ownerId = newId()
  return { app, told, txt, ownerId, mine: app.client(links, { token: app.as(ownerId) }) }
}

function contextOf(app: TestApp): LinksContext {
  return app.runtime.host.contextOf('links', serviceRequest('links', newId(), 60_000)) as never
}

/** A server that answers 410 to everything. */
async function goneReceiver(t: Test): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(410).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, () => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends what waits for each webhook. Returns the events of those that were disabled by it. */
async function deliverWebhooks(app: TestApp): Promise<{ event_id: string; data: unknown }[]> {
  const job = linksModule.jobs?.find(each => each.job.name === 'links.deliver-to-webhook')
  const attempt = { id: newId(), attempt: 1, signal: new AbortController().signal }
  for (const { id } of await app.db('links').sql<{ id: string }[]>`select id from webhooks`) {
    await job?.run(contextOf(app) as never, { webhookId: id }, attempt)
  }
  return app.db('links').sql`
    delete from outbox where event = 'webhook-disabled' returning event_id, data`
}

/** Brings events to their listeners, as the relay does. */
async function hear(app: TestApp, events: readonly { event_id: string; data: unknown }[]): Promise<void> {
  for (const { event_id: eventId, data } of events) {
    for (const one of app.runtime.host.subscribersOf('links.webhook-disabled')) await one.deliver({ eventId, data })
  }
}

/** Runs the jobs of these names until none is left. */
async function finish(app: TestApp, ...names: string[]): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const left = (await app.runtime.jobs.stats()).names.filter(({ name }) => names.includes(name))
    if (left.every(({ waiting, running }) => waiting + running === 0)) {
      assert.deepEqual(
        left.filter(({ dead }) => dead > 0),
        [],
      )
      return
    }
    if (performance.now() > deadlineMs) assert.fail(`jobs are left: ${JSON.stringify(left)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function waitingJobs(app: TestApp, name: string): Promise<number> {
  return (await app.runtime.jobs.stats()).names.find(each => each.name === name)?.waiting ?? 0
}

test('no owner is notified about a disabled webhook that was enabled or deleted before the delivery', async t => {
  const { app, told, mine, ownerId } = await open(t)
  const hosts = [await goneReceiver(t), await goneReceiver(t), await goneReceiver(t)]
  const made = []
  for (const host of hosts) made.push(await mine.createWebhook({ url: `http://${host}/`, events: ['link.created'] }))
  await mine.createLink({ url: 'https://example.org/a' })
  await hear(app, await deliverWebhooks(app))
  assert.equal(await waitingJobs(app, 'links.notify'), 3)
  const [enabled, deleted] = made
  await mine.updateWebhook({ id: enabled?.webhook.id ?? '', isEnabled: true })
  await mine.deleteWebhook({ id: deleted?.webhook.id ?? '' })
  await app.runtime.start()
  await finish(app, 'links.notify')
  assert.deepEqual(
    told.map(({ userId, kind }) => [userId, kind]),
    [[ownerId, 'webhook-disabled']],
  )
  assert.ok(told[0]?.text.en.lines[0]?.includes(hosts[2] ?? '?'), told[0]?.text.en.lines[0])
})

test('no owner is notified about a missing proof that is back before the delivery', async t => {
  const { app, told, txt, mine } = await open(t)
  for (const host of ['back.example.org', 'gone.example.org']) {
    const { id, verification } = await mine.addDomain({ host })
    txt.set(verification.txtName, [verification.value])
    await mine.verifyDomain({ id })
  }
  const known = new Map(txt)
  const recheckTomorrow = async () => {
    app.nowMs += 86_400_001
    await recheckDomains.run(contextOf(app), {}, {} as never)
  }
  txt.clear()
  await recheckTomorrow()
  assert.equal(await waitingJobs(app, 'links.notify'), 2)
  txt.set('_octet.back.example.org', known.get('_octet.back.example.org') ?? [])
  await recheckTomorrow()
  await app.runtime.start()
  await finish(app, 'links.notify')
  assert.deepEqual(
    told.map(({ kind, text }) => [kind, text.en.subject]),
    [['domain-proof-missing', 'The proof that gone.example.org is yours is missing']],
  )
  assert.ok(told[0]?.text.en.lines[1]?.includes(known.get('_octet.gone.example.org')?.[0] ?? '?'))
})

test('jobs that the release before enqueued still tell their owners', async t => {
  const { app, told, txt, mine, ownerId } = await open(t)
  const host = await goneReceiver(t)
  const { webhook } = await mine.createWebhook({ url: `http://${host}/`, events: ['link.created'] })
  await mine.createLink({ url: 'https://example.org/a' })
  assert.equal((await deliverWebhooks(app)).length, 1)
  const { id: domainId, verification } = await mine.addDomain({ host: 'go.example.org' })
  txt.set(verification.txtName, [verification.value])
  await mine.verifyDomain({ id: domainId })
  const missingSince = '2026-11-20T10:00:00.000Z'
  await app.db('links').transaction('as the release before', async ({ sql }) => {
    await sql`update domains set missing_since = ${missingSince}`
    const enqueue = (name: string, payload: object) =>
      sql`select platform_jobs.enqueue(${name}::text, ${JSON.stringify(payload)}::text, null, null, null)`
    await enqueue('links.mail-owner', { webhookId: webhook.id, ownerId, reason: 'gone' })
    await enqueue('links.mail-domain-owner', { domainId, ownerId, missingSince, isLost: false })
    await enqueue('links.mail-domain-owner', { domainId, ownerId, missingSince, isLost: true })
  })
  await app.runtime.start()
  await finish(app, 'links.mail-owner', 'links.mail-domain-owner', 'links.notify')
  assert.deepEqual(told.map(({ kind, userId }) => `${kind} ${userId}`).sort(), [
    `domain-proof-missing ${ownerId}`,
    `webhook-disabled ${ownerId}`,
  ])
})
