/** Many concurrent sign-ins: each succeeds or gets a retry time, and other requests do not wait. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { openIdentity, password, signUp } from './make.ts'

const app = await openIdentity({ after }, { trustedProxies: 1 })
const crowd = 500
const accounts = await Promise.all(Array.from({ length: 20 }, () => signUp(app)))

test('500 concurrent sign-ins each succeed or get a retry time, and other requests are served', async t => {
  await app.db('identity').sql`delete from sign_in_attempts`
  let isOver = false
  const signIns = Promise.all(
    Array.from({ length: crowd }, async (_, index) => {
      const login = accounts[index % accounts.length]?.registration.username ?? ''
      const headers = { 'x-forwarded-for': `10.${index >> 8}.${index & 255}.1` }
      return app.request(identity, 'login', { login, password }, { headers })
    }),
  ).finally(() => {
    isOver = true
  })
  const { caller } = accounts[0] as (typeof accounts)[number]
  let served = 0
  while (!isOver) {
    assert.equal((await app.request(identity, 'getMe', {}, caller)).status, 200)
    if (!isOver) served++
  }
  const answers = await signIns
  const inside = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status !== 200)
  t.diagnostic(`${inside.length} in, ${refused.length} told to come again, ${served} others served meanwhile`)
  assert.ok(inside.length >= 2, 'hashing went on')
  for (const { status, headers } of refused) {
    assert.ok(status === 503 || status === 429, `${status}`)
    assert.ok(Number(headers['retry-after']) >= 1, 'it says when')
  }
  assert.ok(served >= 5, `only ${served} others were served`)
  const [one] = accounts
  await one?.client.getMe({})
  const again = { login: one?.registration.username ?? '', password }
  assert.equal((await app.request(identity, 'login', again)).status, 200, 'afterwards all is as before')
})
