/** Notifications of another module on their way to a mail: at most one for a person and an event, whatever fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOf, Problem } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { type DeliverNotification, serviceRequest } from '@octet/kernel'
import { type Test, type TestApp, testApp } from '@octet/testkit'
import { identityModule } from '../../src/module.ts'
import { mailsTo } from '../mails.ts'
import { signUp } from '../make.ts'
import { type ParcelsContext, parcelsModule, returned, shipped, unlisted, wording } from './sender.ts'

type Deliver = DeliverNotification<typeof identity>
const deliver: Deliver = (client, told, options) => {
  assert.ok(identityModule.deliverNotification)
  return identityModule.deliverNotification(client as ClientOf<typeof identity>, told, options)
}

/** Identity and a module that notifies. `deliverNotification` stands in for identity's, to fail where the test says. */
async function open(t: Test, deliverNotification: Deliver = deliver) {
  const app = await testApp(t, { modules: [{ ...identityModule, deliverNotification }, parcelsModule] })
  const recipient = await signUp(app)
  await app.db('identity').sql`update users set email_verified = true where id = ${recipient.user.id}`
  const ctx = app.runtime.host.contextOf('parcels', serviceRequest('parcels', newId(), 60_000)) as never
  return { app, recipient, userId: recipient.user.id, email: recipient.registration.email, ctx: ctx as ParcelsContext }
}

interface Sent {
  readonly userId: string
  readonly key?: string
  readonly parcelId?: string
}

/** Sends in a transaction of its own. */
function send(ctx: ParcelsContext, { userId, key = newId(), parcelId = newId() }: Sent): Promise<void> {
  return ctx.db.transaction('send', tx => ctx.notify(tx, shipped, { userId, key, data: { parcelId, place: 'Jena' } }))
}

interface JobCounts {
  readonly waiting: number
  readonly running: number
  readonly dead: number
}

async function countJobs(app: TestApp, pattern: RegExp): Promise<JobCounts> {
  const { names } = await app.runtime.jobs.stats()
  const sums = { waiting: 0, running: 0, dead: 0 }
  for (const { waiting, running, dead } of names.filter(({ name }) => pattern.test(name))) {
    sums.waiting += waiting
    sums.running += running
    sums.dead += dead
  }
  return sums
}

/** Runs until no notification and no mail is on its way. Returns how many notifications became dead letters. */
async function finish(app: TestApp): Promise<number> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const { waiting, running } = await countJobs(app, /^(parcels\.notify|identity\.deliver-mail)$/)
    if (waiting + running === 0) return (await countJobs(app, /^parcels\.notify$/)).dead
    if (performance.now() > deadlineMs) assert.fail('notifications are still on their way')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function subjectsTo(app: TestApp, email: string): Promise<string[]> {
  const mails = await mailsTo(app, email)
  return mails.filter(({ kind }) => kind === 'parcel-shipped').map(({ subject }) => subject)
}

test('a notification arrives in the language of its recipient, with a link into this installation', async t => {
  const { app, userId, email, recipient, ctx } = await open(t)
  const parcelId = newId()
  await recipient.client.updateMe({ preferences: { language: 'de' } })
  await send(ctx, { userId, parcelId })
  await app.runtime.start()
  assert.equal(await finish(app), 0)
  const [mail, ...more] = (await mailsTo(app, email)).filter(({ kind }) => kind === 'parcel-shipped')
  assert.deepEqual([mail?.subject, more.length], ['Nach Jena', 0])
  assert.match(mail?.text ?? '', new RegExp(`Dein Paket ist unterwegs\\.\\s+http://localhost:3000/parcels/${parcelId}`))
})

test('a delivery whose answer is lost is repeated and mails once', async t => {
  let calls = 0
  const { app, userId, email, ctx } = await open(t, async (...call) => {
    await deliver(...call)
    calls++
    if (calls === 1) throw new Error('the connection broke after the call')
  })
  await send(ctx, { userId })
  await app.runtime.start()
  assert.equal(await finish(app), 0)
  assert.equal(calls, 2)
  assert.deepEqual(await subjectsTo(app, email), ['To Jena'])
})

test('a release with other words that repeats a delivery does not mail again, and leaves no dead letter', async t => {
  const words = wording.en
  t.after(() => {
    wording.en = words
  })
  let calls = 0
  const { app, userId, email, ctx } = await open(t, async (...call) => {
    calls++
    await deliver(...call)
    wording.en = 'has left'
    if (calls === 1) throw new Problem({ code: 'unavailable', status: 503, title: 'as planted' } as never)
  })
  await send(ctx, { userId })
  await app.runtime.start()
  assert.equal(await finish(app), 0)
  assert.equal(calls, 2)
  assert.deepEqual(await subjectsTo(app, email), ['To Jena'])
})

test('an event that is sent again is delivered once to each person', async t => {
  const { app, userId, email, ctx } = await open(t)
  const other = await signUp(app)
  await app.db('identity').sql`update users set email_verified = true where id = ${other.user.id}`
  const same = { key: 'parcel 7', parcelId: newId() }
  await send(ctx, { userId, ...same })
  await send(ctx, { userId, ...same })
  await send(ctx, { userId: other.user.id, ...same })
  assert.equal((await countJobs(app, /^parcels\.notify$/)).waiting, 2)
  await app.runtime.start()
  await finish(app)
  await send(ctx, { userId, ...same })
  assert.equal(await finish(app), 0)
  assert.deepEqual(await subjectsTo(app, email), ['To Jena'])
  assert.deepEqual(await subjectsTo(app, other.registration.email), ['To Jena'])
  await send(ctx, { userId, key: 'parcel 8' })
  await finish(app)
  assert.deepEqual(await subjectsTo(app, email), ['To Jena', 'To Jena'], 'another event is another mail')
})

test('a notification whose transaction rolls back is not sent', async t => {
  const { app, userId, email, ctx } = await open(t)
  const data = { parcelId: newId(), place: 'Jena' }
  const failing = ctx.db.transaction('send', async tx => {
    await ctx.notify(tx, shipped, { userId, key: 'x', data })
    throw new Error('as planted')
  })
  await assert.rejects(failing, /as planted/)
  await send(ctx, { userId })
  await app.runtime.start()
  await finish(app)
  assert.deepEqual(await subjectsTo(app, email), ['To Jena'])
})

test('a notification is dropped when it is not current any more, also between two attempts', async t => {
  const parcelId = newId()
  let calls = 0
  const { app, userId, email, ctx } = await open(t, async () => {
    calls++
    returned.add(parcelId)
    throw new Error('the delivering process is down')
  })
  const back = newId()
  returned.add(back)
  await send(ctx, { userId, parcelId: back })
  await send(ctx, { userId, parcelId })
  await app.runtime.start()
  assert.equal(await finish(app), 0)
  assert.equal(calls, 1)
  assert.deepEqual(await subjectsTo(app, email), [])
})

test('an unverified address and an unknown account get no notification', async t => {
  const { app, userId, email, ctx } = await open(t)
  await app.db('identity').sql`update users set email_verified = false where id = ${userId}`
  await send(ctx, { userId })
  await send(ctx, { userId: newId() })
  await app.runtime.start()
  assert.equal(await finish(app), 0)
  assert.deepEqual(await subjectsTo(app, email), [])
})

test('a kind that the module does not list, and a key that cannot travel, are refused at once', async t => {
  const { app, userId, ctx } = await open(t)
  const sending = ctx.db.transaction('send', tx => ctx.notify(tx, unlisted, { userId, key: 'x', data: {} }))
  await assert.rejects(sending, /parcels does not list the notification "parcel-unlisted"/)
  for (const key of ['', 'a\nb', 'ä', 'x'.repeat(121)]) await assert.rejects(send(ctx, { userId, key }), RangeError)
  assert.equal((await countJobs(app, /^parcels\.notify$/)).waiting, 0)
})

test('a stored notification of another release that does not fit is kept as a dead letter, unsent', async t => {
  const { app, userId, email, ctx } = await open(t)
  const fitting = { kind: 'parcel-shipped', userId, key: 'x', data: { parcelId: newId(), place: 'Jena' } }
  await app.db('parcels').transaction('as another release', async ({ sql }) => {
    const payloads = [
      { ...fitting, kind: 'parcel-lost' },
      { ...fitting, data: { parcelId: newId() } },
    ]
    for (const payload of payloads) {
      await sql`select platform_jobs.enqueue('parcels.notify', ${JSON.stringify(payload)}::text, null, null, null)`
    }
  })
  await app.runtime.start()
  assert.equal(await finish(app), 2)
  assert.deepEqual(await subjectsTo(app, email), [])
  await ctx.db.transaction('erase', tx => ctx.jobs.forget(tx, userId))
  assert.equal(await finish(app), 0, 'they go with the account')
})
