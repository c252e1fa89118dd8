/** The examples of the README do what they say, against a real server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { chatModule } from '@octet/chat'
import { identity } from '@octet/contracts/identity'
import { identityModule } from '@octet/identity'
import { linksModule } from '@octet/links'
import { httpClient, testApp } from '@octet/testkit'

const execute = promisify(execFile)
const folder = join(import.meta.dirname, '..')
const tour = join(folder, 'examples', 'tour.ts')
const runTimeoutMs = 60_000
const person = { username: 'ada', email: 'ada@example.org', password: 'correct horse battery staple' }

test('the examples of the README run against a real server, again and again', async t => {
  const app = await testApp(t, { modules: [identityModule, linksModule, chatModule] })
  const origin = await app.http.listen({ host: '127.0.0.1', port: 0 })
  await httpClient(origin).client(identity).register(person)
  const options = { env: { ...process.env, OCTET_ORIGIN: origin }, timeout: runTimeoutMs }
  const said = async () => (await execute(process.execPath, [tour], options)).stdout.trim().split('\n')
  const expected = [
    'http://localhost:3000/s/summer leads to https://example.org/summer',
    '0 clicks: https://example.org/summer',
    'The link was changed meanwhile: read it again.',
    'Sent: Version 42 is live.',
  ]
  assert.deepEqual(await said(), expected)
  // The idempotency key makes the second run find the first run's link.
  assert.deepEqual(await said(), expected)
})

test('the README shows the examples that run', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  assert.equal(blocks.length, 5)
  const code = (await readFile(tour, 'utf8')).replace(/^\/\*\*.*\*\/\n/, '')
  assert.equal(blocks.join('\n'), code)
})
