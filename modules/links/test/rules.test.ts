import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refuseUrl } from '../src/domains/refuse-url.ts'
import { codeKey, generateCode, isReserved, ownDomain, readTargetKey, targetKey } from '../src/manage/codes.ts'
import { locationOf } from '../src/routing/rules.ts'

const origin = 'http://localhost:3000'

test('generated codes use every letter of the unambiguous alphabet and no other', () => {
  const seen = new Set<string>()
  for (let round = 0; round < 2_000; round++) {
    const code = generateCode(7)
    assert.match(code, /^[23456789abcdefghjkmnpqrstuvwxyz]{7}$/)
    for (const letter of code) seen.add(letter)
  }
  assert.equal(seen.size, 31)
})

test('look-alike codes are one code', () => {
  assert.equal(codeKey('PayPa1'), codeKey('paypal'))
  assert.equal(codeKey('g00gle'), codeKey('GOOGLE'))
  assert.notEqual(codeKey('paypal'), codeKey('paypa2'))
})

test('a generated code equals its own key, so two different codes never collide', () => {
  for (let round = 0; round < 500; round++) {
    const code = generateCode(8)
    assert.equal(codeKey(code), code)
  }
})

test('reserved aliases stay reserved in look-alike spelling', () => {
  for (const alias of ['admin', 'ADMIN', 'adm1n', 'l0gin', 'API']) assert.equal(isReserved(alias), true, alias)
  assert.equal(isReserved('summer-sale'), false)
})

test('only plain web addresses may be shortened', () => {
  const refused: [string, string][] = [
    ['not a url', 'not a web address'],
    ['javascript:alert(1)', 'only http and https'],
    ['JaVaScRiPt:alert(1)', 'only http and https'],
    ['data:text/html,x', 'only http and https'],
    ['ftp://example.org/', 'only http and https'],
    ['https://user:secret@example.org/', 'must not contain a user name'],
    ['https://google.com@evil.example/', 'must not contain a user name'],
    ['https://example.org/\r\nSet-Cookie: a=b', 'not a web address'],
    ['http://localhost:3000/s/abc', 'leads back here'],
    ['https://LOCALHOST.:3000/s/abc', 'leads back here'],
    ['http://127.0.0.1:3000/s/abc', 'leads back here'],
    ['http://2130706433:3000/s/abc', 'leads back here'],
    ['http://[::1]:3000/s/abc', 'leads back here'],
    ['http://[::ffff:127.0.0.1]:3000/s/abc', 'leads back here'],
    ['http://localhost:3000/%73/abc', 'leads back here'],
    ['//example.org/x', 'not a web address'],
  ]
  for (const [url, reason] of refused) assert.equal(refuseUrl(url, origin), reason, url)
  for (const url of [
    'https://example.org',
    'http://xn--bcher-kva.example/ü?q=1#x',
    'http://localhost:3000/docs',
    'http://localhost:3001/s/a',
  ]) {
    assert.equal(refuseUrl(url, origin), undefined, url)
  }
})

test('a location header is ASCII without spaces or control characters for every accepted address', () => {
  assert.equal(locationOf('https://example.org/a?b=c%20d'), 'https://example.org/a?b=c%20d')
  assert.equal(locationOf('https://bücher.example/ä'), 'https://xn--bcher-kva.example/%C3%A4')
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), (url, tail) => {
      const candidate = url + tail
      if (refuseUrl(candidate, origin) !== undefined) return
      assert.match(locationOf(candidate), /^[\x21-\x7e]+$/)
    }),
  )
})

test('a code is found in full width, with look-alikes, and with typographic hyphens', () => {
  assert.equal(codeKey('ｐａｙ－Ｍｅ'), codeKey('pay-me'))
  assert.equal(codeKey('рауреr'), codeKey('payper'))
  assert.equal(codeKey('ΝΟΤΕ‐１'), codeKey('note-1'))
  assert.equal(codeKey('ab\u200bc\u00ad'), codeKey('abc'))
  assert.notEqual(codeKey('пароль'), codeKey('paroli'))
})

test('no code requested on our own host can match a code of another host', () => {
  const domainId = '019a0000-0000-7000-8000-000000000001'
  for (const domain of [undefined, ownDomain, domainId]) {
    for (const code of ['plain-code_2', 'PayPa1', `${domainId} secret`, 'a b', '', 'é', '\u0430bc']) {
      const key = targetKey(code, domain)
      assert.deepEqual(readTargetKey(key), { domainId: domain ?? ownDomain, codeKey: codeKey(code) }, key)
    }
  }
  assert.equal(targetKey('abc'), targetKey('ABC', ownDomain))
  assert.notEqual(targetKey(`${domainId} secret`), targetKey('secret', domainId))
})
