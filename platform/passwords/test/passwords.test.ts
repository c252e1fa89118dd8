import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from '../src/index.ts'

const cheap = { memoryKiB: 64, passes: 1, parallelism: 1 }

test('a password matches its own hash, and no two hashes are alike', async () => {
  const passwords = createPasswords()
  const [one, other] = await Promise.all([passwords.hash('Zażółć gęślą'), passwords.hash('Zażółć gęślą')])
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.notEqual(one, other)
  assert.equal(await passwords.verify('Zażółć gęślą', one), true)
  assert.equal(await passwords.verify('zażółć gęślą', one), false)
  assert.equal(await passwords.verify('', one), false)
})

test('a hash of the reference implementation matches', async () => {
  // phc-winner-argon2, src/test.c: argon2id, t=2, m=256, p=1.
  const known = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  assert.equal(await createPasswords().verify('password', known), true)
  assert.equal(await createPasswords().verify('passwore', known), false)
})

test('an unknown account matches no password and takes as long as a wrong one', async () => {
  const passwords = createPasswords()
  await passwords.verify('warm up', undefined)
  const startedMs = performance.now()
  assert.equal(await passwords.verify('anything', undefined), false)
  assert.equal(await passwords.verify('anything', null), false)
  assert.ok(performance.now() - startedMs > 8, 'two hashes of 19 MiB take more than 8 ms on any machine')
})

test("a hash with less work than today's is outdated, one with more is not", async () => {
  const old = await createPasswords({ cost: cheap }).hash('secret-old')
  const today = createPasswords({ cost: { ...cheap, passes: 2 } })
  assert.equal(today.isOutdated(old), true)
  assert.equal(await today.verify('secret-old', old), true)
  assert.equal(createPasswords({ cost: cheap }).isOutdated(await today.hash('secret-new')), false)
})

test('two hashes run at once, a bounded number waits, and the rest are told when to retry', async () => {
  const passwords = createPasswords({ cost: cheap, runningMax: 2, waitingMax: 3 })
  const outcomes = Array.from({ length: 9 }, (_, index) => passwords.hash(`password ${index}`))
  assert.deepEqual(passwords.load(), { running: 2, waiting: 3 })
  const settled = await Promise.allSettled(outcomes)
  const refused = settled.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []))
  assert.equal(refused.length, 4)
  for (const { code, status, retryAfterMs } of refused) {
    assert.deepEqual([code, status], ['unavailable', 503])
    assert.ok(retryAfterMs > 0)
  }
  assert.deepEqual(passwords.load(), { running: 0, waiting: 0 })
  await passwords.hash('room again')
})

test('a request that waited too long is told to retry, and the others still get their turn', async () => {
  const slow = { memoryKiB: 65_536, passes: 3, parallelism: 1 }
  const passwords = createPasswords({ cost: slow, runningMax: 1, waitMsMax: 1 })
  const settled = await Promise.allSettled([passwords.hash('first'), passwords.hash('second')])
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  assert.deepEqual(passwords.load(), { running: 0, waiting: 0 })
  await passwords.hash('third')
})

test('a failing hash frees its place', async () => {
  const passwords = createPasswords({ cost: cheap, runningMax: 1 })
  await assert.rejects(passwords.verify('x', 'not a hash'))
  assert.equal(await passwords.verify('x', await passwords.hash('x')), true)
  assert.deepEqual(passwords.load(), { running: 0, waiting: 0 })
})
