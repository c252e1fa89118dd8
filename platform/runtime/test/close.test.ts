import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { access } from '@octet/contracts'
import { testApp } from '@octet/testkit'
import { sampleModule } from './sample.ts'

test('a request under way may use the time of a stop that nothing else needs', async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  const begun = Promise.withResolvers<void>()
  app.http.get('/slow', { config: { access: access.anyone } }, async () => {
    begun.resolve()
    await delay(2_000)
    return 'whole'
  })
  const origin = await app.http.listen({ host: '127.0.0.1', port: 0 })
  const answer = fetch(`${origin}/slow`).then(reply => reply.text())
  await begun.promise
  const closing = app.runtime.close(4_000)
  assert.equal(await answer, 'whole')
  await closing
})
