import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { job } from '@octet/jobs'
import { on } from '@octet/kernel'
import { testApp } from '@octet/testkit'
import { sample, sampleModule } from './sample.ts'

interface Kept {
  readonly traceId: string
  readonly kept: string
  readonly spans: readonly { name: string; spanId: string; parentSpanId: string; status: { code: string } }[]
}

test('a failed request is kept with the spans of route, operation and transaction, under the caller’s id', async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'content-type': 'application/json' }
  await app.db('sample').sql`drop table effects`
  const failed = await app.http.inject({ method: 'POST', url: '/api/v1/sample/things', headers, payload: {} })
  assert.equal(failed.statusCode, 500)
  const token = app.as(newId(), { roles: ['admin'] })
  const answer = await app.http.inject({
    url: '/traces',
    headers: { authorization: `Bearer ${token}` },
  })
  const kept = (answer.json().data as Kept[]).find(trace => trace.traceId === traceId)
  assert.equal(kept?.kept, 'failed')
  const [route, operation, transaction] = kept?.spans ?? []
  assert.deepEqual(
    [route?.name, operation?.name, transaction?.name],
    ['POST /api/v1/sample/things', 'sample.addKeyed', 'transaction sample.addKeyed'],
  )
  assert.equal(route?.parentSpanId, '00f067aa0ba902b7')
  assert.equal(operation?.parentSpanId, route?.spanId)
  assert.equal(transaction?.parentSpanId, operation?.spanId)
  const stranger = await app.http.inject({
    url: '/traces',
    headers: { authorization: `Bearer ${app.as(newId())}` },
  })
  assert.equal(stranger.statusCode, 403)
})

const followUp = job('sample.follow-up')

test('a job and an event belong to the trace of the request that caused them', async t => {
  const seen = new Map<string, string | undefined>()
  const traceIdOf = (span: object | undefined) =>
    span === undefined ? undefined : (span as { traceId: string }).traceId
  const causing = {
    ...sampleModule,
    operations: {
      ...sampleModule.operations,
      addKeyed: (ctx: Parameters<typeof sampleModule.operations.addKeyed>[0]) =>
        ctx.once('sample.addKeyed', async tx => {
          await tx.publish('thing-added', { count: 1 })
          await ctx.jobs.enqueue(tx, followUp, {})
          return { count: 1 }
        }),
    },
    jobs: [
      {
        job: followUp,
        run: async (ctx: { request: { span?: object } }) => void seen.set('job', traceIdOf(ctx.request.span)),
      },
    ],
    listens: [
      on(sample, 'thing-added', async function noteThing(ctx: { request: { span?: object } }) {
        seen.set('event', traceIdOf(ctx.request.span))
      }),
    ],
  }
  const app = await testApp(t, { modules: [causing as never] })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'content-type': 'application/json' }
  await app.runtime.start()
  const answer = await app.http.inject({ method: 'POST', url: '/api/v1/sample/things', headers, payload: {} })
  assert.equal(answer.statusCode, 200)
  const deadline = AbortSignal.timeout(20_000)
  while (seen.size < 2 && !deadline.aborted) await new Promise(resolve => setTimeout(resolve, 20))
  assert.deepEqual(Object.fromEntries(seen), { job: traceId, event: traceId })
})
