import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanDisplayName, cleanUserAgent, isReserved, usernameKey } from '../src/account/rules.ts'
import { normalPassword, refusePassword } from '../src/passwords/rules.ts'
import { decideRefresh, graceAnswersMax, graceMs } from '../src/sessions/rules.ts'

test('look-alike usernames count as equal', () => {
  for (const [one, other] of [
    ['Alice', 'aIice'],
    ['alice', 'a1ice'],
    ['bob', 'B0B'],
    ['modern', 'modem'],
    ['wave', 'vvave'],
    ['john-doe', 'john_doe'],
  ] as const) {
    assert.equal(usernameKey(one), usernameKey(other), `${one} and ${other}`)
  }
  for (const [one, other] of [
    ['ann', 'anne'],
    ['john_doe', 'johndoe'],
    ['user1', 'user2'],
  ] as const) {
    assert.notEqual(usernameKey(one), usernameKey(other), `${one} and ${other}`)
  }
})

test('reserved names include every look-alike spelling', () => {
  for (const name of ['admin', 'ADMIN', 'adm1n', 'adrnin', 'no-reply', 'no_reply', 'R00T']) assert.ok(isReserved(name))
  for (const name of ['ada', 'rooty', 'administrate']) assert.ok(!isReserved(name), name)
})

test('display names and user agents lose line breaks and direction marks', () => {
  assert.equal(cleanDisplayName('  Ada\u0000 \u202eLovelace\r\n '), 'Ada Lovelace')
  assert.equal(cleanDisplayName('e\u0301'), 'é')
  assert.equal(cleanDisplayName('\u200b\u2060'), undefined)
  assert.equal(cleanUserAgent('curl/8\n{"level":"error"}\u001b[31m'), 'curl/8{"level":"error"}[31m')
  assert.equal(cleanUserAgent('x'.repeat(9_000)).length, 200)
})

test('passwords compare equal across Unicode compositions', () => {
  assert.equal(normalPassword('pässword-é'), normalPassword('pa\u0308ssword-e\u0301'))
})

test('password length is measured in bytes, without truncation or trimming', () => {
  assert.equal(normalPassword('é'.repeat(512)), 'é'.repeat(512))
  assert.equal(normalPassword('é'.repeat(513)), undefined)
  assert.equal(normalPassword(' secret '), ' secret ')
})

test('common passwords and the account’s own name or address are refused', () => {
  const account = { username: 'Ada_Lovelace', email: 'countess@example.org' }
  for (const password of ['password123', 'QWERTYuiop', 'ada_lovelace', 'countess', 'countess@example.org']) {
    assert.notEqual(refusePassword(password, account), undefined, password)
  }
  assert.equal(refusePassword('correct horse battery', account), undefined)
})

test('the newest refresh token advances, the previous one repeats, older ones only within the grace period', () => {
  const state = { counter: 7, refreshedAgoMs: graceMs, graceAnswers: 0 }
  const hourMs = 3_600_000
  assert.equal(decideRefresh(state, 7), 'advance')
  assert.equal(decideRefresh(state, 8), 'foreign')
  assert.equal(decideRefresh({ ...state, refreshedAgoMs: hourMs, graceAnswers: 99 }, 6), 'repeat')
  assert.equal(decideRefresh(state, 5), 'grace')
  assert.equal(decideRefresh(state, 0), 'grace')
  assert.equal(decideRefresh({ ...state, refreshedAgoMs: graceMs + 1 }, 5), 'replay')
  assert.equal(decideRefresh({ ...state, graceAnswers: graceAnswersMax }, 5), 'replay')
})
