/** Neither an answer nor its timing reveals whether an account exists. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { createPasswords } from '@octet/passwords'
import type { Response } from '@octet/testkit'
import { makeRegistration, openIdentity, password, signUp } from './make.ts'

const app = await openIdentity({ after })

/** The whole answer except the parts that differ between any two answers. */
function said({ status, headers, body }: Response): unknown {
  const { 'x-request-id': _id, date: _date, 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, ...rest } = headers
  const { requestId: _requestId, ...text } = (body ?? {}) as Record<string, unknown>
  return { status, headers: rest, text }
}

const wrong = 'not the password of any account'

async function bothAnswers(operation: string, known: object, unknown: object): Promise<[unknown, unknown]> {
  const answers = [await app.request(identity, operation, known), await app.request(identity, operation, unknown)]
  return [said(answers[0] as Response), said(answers[1] as Response)]
}

test('sign-in answers alike for a wrong password, an unknown login and an account without a password', async () => {
  const { registration, user } = await signUp(app)
  const { username, email } = registration
  for (const operation of ['login', 'webLogin']) {
    for (const login of [username, email]) {
      const unknown = login === username ? 'nobody_has_this' : 'nobody@example.org'
      for (const tried of [wrong, 'x', ' ']) {
        const [one, other] = await bothAnswers(
          operation,
          { login, password: tried },
          { login: unknown, password: tried },
        )
        assert.deepEqual(one, other, `${operation} ${login}`)
      }
    }
  }
  await app.db('identity').sql`update users set password_hash = null where id = ${user.id}`
  const [one, other] = await bothAnswers('login', { login: username, password }, { login: 'nobody_has_this', password })
  assert.deepEqual(one, other)
})

test('requesting a password reset answers alike and looks up the account only afterwards', async () => {
  const { registration } = await signUp(app)
  const [one, other] = await bothAnswers(
    'forgotPassword',
    { email: registration.email },
    { email: 'nobody@example.org' },
  )
  assert.deepEqual(one, other)
  const { sql } = app.db('identity')
  // Both enqueued the same job, whatever it finds.
  const { names } = await app.runtime.jobs.stats()
  assert.equal(names.find(({ name }) => name === 'identity.send-reset')?.waiting, 2)
  assert.equal((await sql`select 1 from recovery_links`).length, 0)
})

test('registering with or changing to a known address answers as for an unknown one', async () => {
  const owner = await signUp(app)
  await app.db('identity').sql`update users set email_verified = true where id = ${owner.user.id}`
  const shape = (answer: Response) => {
    const { status, text } = said(answer) as { status: number; text: { user: Record<string, unknown> } }
    return { status, fields: Object.keys(text).sort(), verified: text.user.emailVerified }
  }
  const known = await app.request(identity, 'register', { ...makeRegistration(), email: owner.registration.email })
  const unknown = await app.request(identity, 'register', makeRegistration())
  assert.deepEqual(shape(known), shape(unknown))
  const { caller } = await signUp(app)
  const change = async (email: string) => said(await app.request(identity, 'changeEmail', { email }, caller))
  assert.deepEqual(await change(owner.registration.email), await change('nobody-yet@example.org'))
  const resend = async (one: typeof caller) => said(await app.request(identity, 'resendCode', {}, one))
  assert.deepEqual(await resend(caller), await resend((await signUp(app)).caller))
})

const pairs = 30
async function medianDifference(known: () => Promise<unknown>, unknown: () => Promise<unknown>): Promise<number> {
  const differences: number[] = []
  const timed = async (ask: () => Promise<unknown>) => {
    const startedMs = performance.now()
    await ask()
    return performance.now() - startedMs
  }
  for (let index = 0; index < pairs; index++) {
    const [first, second] = index % 2 === 0 ? [known, unknown] : [unknown, known]
    const [a, b] = [await timed(first), await timed(second)]
    differences.push(index % 2 === 0 ? a - b : b - a)
  }
  return differences.sort((a, b) => a - b)[pairs >> 1] ?? Number.NaN
}

/** How much time skipping the hash for unknown accounts would reveal on this machine. */
async function hashMs(username: string): Promise<number> {
  const { verify } = createPasswords()
  const [row] = await app.db('identity').sql<{ password_hash: string }[]>`
    select password_hash from users where username = ${username}`
  const naive = async (hash: string | undefined) => hash !== undefined && (await verify(wrong, hash))
  return medianDifference(
    () => naive(row?.password_hash),
    () => naive(undefined),
  )
}

test('response times of known and unknown accounts differ by less than half a password hash', async () => {
  const accounts = await Promise.all(Array.from({ length: 6 }, () => signUp(app)))
  let turn = 0
  // The delay after wrong passwords has its own test.
  const login = async (name: string) => {
    app.nowMs += 60_000
    await app.db('identity').sql`delete from sign_in_attempts`
    const { status } = await app.request(identity, 'login', { login: name, password: wrong })
    assert.equal(status, 401)
  }
  const someone = () => accounts[turn++ % accounts.length]?.registration ?? makeRegistration()
  const signIn = await medianDifference(
    () => login(someone().username),
    () => login(`nobody_${turn++ % 6}`),
  )
  const forgot = await medianDifference(
    () => app.request(identity, 'forgotPassword', { email: someone().email }),
    () => app.request(identity, 'forgotPassword', { email: `nobody_${turn++ % 6}@example.org` }),
  )
  const oneHash = await hashMs(someone().username)
  assert.ok(oneHash > 5, `the measure sees nothing: ${oneHash} ms`)
  for (const [what, differenceMs] of Object.entries({ signIn, forgot })) {
    const numbers = `${what} differs by ${differenceMs.toFixed(2)} ms, a hash is ${oneHash.toFixed(2)} ms`
    assert.ok(Math.abs(differenceMs) < oneHash / 2, numbers)
  }
})
