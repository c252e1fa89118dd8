import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newId } from '@octet/db'
import fc from 'fast-check'
import { formatRefreshToken, isAuthentic, parseRefreshToken } from '../src/sessions/refresh-token.ts'

const key = randomBytes(32)

test('every counter survives formatting and parsing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), counter => {
      const sessionId = newId()
      const token = parseRefreshToken(formatRefreshToken({ sessionId, counter }, key))
      assert.ok(token !== undefined)
      assert.deepEqual([token.sessionId, token.counter], [sessionId, counter])
      assert.ok(isAuthentic(token, key))
      assert.ok(!isAuthentic(token, randomBytes(32)))
    }),
  )
})

test('a token with any flipped bit is rejected without a database query', () => {
  const bytes = Buffer.from(formatRefreshToken({ sessionId: newId(), counter: 300 }, key), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.equal(parseRefreshToken(changed.toString('base64url')), undefined, `bit ${bit}`)
  }
})

test('a token with a changed counter and a corrected checksum is not authentic', () => {
  const bytes = Buffer.from(formatRefreshToken({ sessionId: newId(), counter: 9 }, key), 'base64url')
  bytes[17] = 3
  const body = bytes.subarray(0, -4)
  const mended = Buffer.concat([body, createHash('sha256').update(body).digest().subarray(0, 4)])
  const token = parseRefreshToken(mended.toString('base64url'))
  assert.equal(token?.counter, 3)
  assert.ok(token !== undefined && !isAuthentic(token, key))
})

test('arbitrary text is not a token', () => {
  fc.assert(fc.property(fc.string({ maxLength: 512 }), text => parseRefreshToken(text) === undefined))
  const token = formatRefreshToken({ sessionId: newId(), counter: 1 }, key)
  for (const other of [`${token}=`, ` ${token}`, token.slice(0, -1), `${token}A`, `${token}AAAA`, '']) {
    assert.equal(parseRefreshToken(other), undefined, JSON.stringify(other))
  }
})

test('a counter has one spelling', () => {
  const bytes = Buffer.from(formatRefreshToken({ sessionId: newId(), counter: 1 }, key), 'base64url')
  const signed = Buffer.concat([bytes.subarray(0, 17), Buffer.of(0x81, 0x00)])
  const body = Buffer.concat([signed, bytes.subarray(18, -4)])
  const padded = Buffer.concat([body, createHash('sha256').update(body).digest().subarray(0, 4)])
  assert.equal(parseRefreshToken(padded.toString('base64url')), undefined)
})
