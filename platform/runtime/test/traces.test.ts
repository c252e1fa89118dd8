import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { testApp } from '@octet/testkit'
import { sampleModule } from './sample.ts'

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
