import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { redactLine, redactText } from '../src/redact.ts'

const header = 'eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9'
const jwt = `${header}.eyJzdWIiOiIwMTk4ZjJmMCJ9.c2lnbmF0dXJlLWhlcmU`
const apiKey = 'oct_pat_k3Jd82hFqa_9sKd83hfKs92hfKs83hfKs92hfKs83hfA1b2C3'
const refreshToken = 'AQGY8vB6PHxOmlcNXG0fKjsBq3V5d0Zr8mT2yLw9cQ4nXe7u'

/** Every listed value must be gone from the line; the other fields must remain. */
const corpus: [title: string, fields: object, secrets: string[]][] = [
  ['at the top', { password: 'hunter2hunter2', other: 'seen' }, ['hunter2hunter2']],
  ['deep inside', { a: { b: { c: { d: { e: { password: 'hunter2' } } } } }, other: 'seen' }, ['hunter2']],
  ['in a list', { users: [{ name: 'x', accessToken: 'short-one' }, { token: 'other' }] }, ['short-one', '"other"']],
  [
    'headers in odd case',
    { headers: { AUTHORIZATION: 'Zm9v', 'Set-Cookie': ['a=1; Path=/', 'b="2]"'], cOOkie: 'oct=5' } },
    ['Zm9v', 'a=1', '2]', 'oct=5'],
  ],
  ['other spellings', { newPassword: 'n1', client_secret: 's1', 'x-api-key': 'k1', apiKey: 'k2' }, ['n1', 's1', 'k1']],
  ['an idempotency key', { 'idempotency-key': 'order-17', idempotencyKey: 'order-18' }, ['order-17', 'order-18']],
  ['objects and numbers', { secret: { a: [1, { b: '}' }] }, password: 123456, ok: 'seen' }, ['"a"', '123456']],
  [
    'JSON inside a string',
    { body: JSON.stringify({ user: 'x', password: 'a"b\\c', n: 1 }) },
    ['a\\\\\\"b', 'b\\\\\\\\c'],
  ],
  ['JSON inside JSON inside a string', { body: JSON.stringify({ b: JSON.stringify({ token: 'abc' }) }) }, ['abc']],
  ['pretty JSON inside a string', { body: JSON.stringify({ secrets: ['one', 'two'] }, null, 2) }, ['one', 'two']],
  ['an inspected object', { text: "{ user: 'x', password: 'it\\'s me' }" }, ['it', 'me']],
  ['a key of ours', { msg: `no such key ${apiKey}.` }, ['9sKd83hf']],
  ['a JWT after a line break', { msg: `refused:\n${jwt}\nbye` }, [header, 'c2lnbmF0']],
  ['a percent-encoded bearer', { msg: `authorization=Bearer%20${jwt}` }, [header]],
  ['a refresh token', { msg: `reused ${refreshToken}` }, ['GY8vB6PH']],
  ['a refresh token after an escape', { msg: `\u001b${refreshToken}\n${refreshToken}` }, ['Y8vB6PHx']],
  ['a scheme', { msg: 'Basic dXNlcjpwYXNz and bearer abcdefgh12345678' }, ['dXNlcjpw', 'abcdefgh']],
  ['a query string', { url: '/cb?code=xyz1&access_token=abc2&page=7#token=frag3' }, ['xyz1', 'abc2', 'frag3']],
  ['a URL inside a URL', { url: '/login?next=%2Fcb%3Ftoken%3Dabc2%26page%3D7' }, ['abc2']],
  ['a password in a URL', { msg: 'cannot reach postgres://octet:pa55w0rd@db:5432/x' }, ['pa55w0rd']],
  ['a cookie in text', { raw: ['Cookie', '__Host-oct=abc123; theme=dark'] }, ['abc123']],
]

for (const [title, fields, secrets] of corpus) {
  test(`no secret reaches the log: ${title}`, () => {
    const line = redactLine(`${JSON.stringify({ level: 'info', ...fields, last: 'end' })}\n`)
    for (const secret of secrets) assert(!line.includes(secret), `${secret} in ${line}`)
    const parsed = JSON.parse(line)
    assert.deepEqual(Object.keys(parsed), ['level', ...Object.keys(fields), 'last'])
    assert.equal(parsed.last, 'end')
    assert.match(line, /\[redacted\]/)
    if ('other' in fields) assert.equal(parsed.other, 'seen')
  })
}

test('harmless text stays readable', () => {
  const fields = {
    requestId: '0198f2f0-7a3c-7c4e-9a57-0d5c6d1f2a3b',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    route: '/api/v1/links/:id',
    url: '/api/v1/links?q=a&sort=-createdAt&limit=20',
    hasPassword: true,
    token: null,
    inputTokens: 512,
    tokenKind: 'refresh',
    frame: 'at createLinkWithAliasForTheSignedInUserOfTheSession (file:///a/create-link.ts:12:3)',
    metric: 'octet_http_request_duration_seconds and oct_pat_short',
    text: 'Unexpected token < in JSON, a basic question: eyJ',
    link: 'https://example.org/a:b/c',
  }
  assert.deepEqual(JSON.parse(redactLine(JSON.stringify(fields))), fields)
})

test('an Octet API key keeps its kind and id', () => {
  assert.equal(redactText(apiKey), 'oct_pat_k3Jd82hFqa_[redacted]')
})

test('characters that a terminal interprets or a reader takes for a line end are escaped', () => {
  const text = 'a\u007fb\u009bc\u0085d\u2028e\u2029fü'
  const line = redactLine(JSON.stringify({ text }))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
  assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
  assert.equal(JSON.parse(line).text, text)
})

const fragments = [
  ...['"', '\\', '\\"', '":', '\\":', ': ', ": '", "'", '{', '}', '[', ']', ',', ' ', '=', '%3d', '://', '@', '?', '&'],
  ...['password', 'tokens', 'Set-Cookie', 'token=', 'Bearer ', 'oct_pat_', 'eyJ', '.', 'Abcdefghij0123456789', '\n'],
  ...['\u001b', '\u007f', '\u2028', 'é', '\ud800', 'u0041', '12', 'true', '{"password":"x\\', '"token":['],
]
const nastyText = fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map(parts => parts.join(''))
const nasty = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    nastyText,
    fc.constantFrom(1, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(nastyText, tie('value'), { maxKeys: 3 }),
    tie('value').map(value => JSON.stringify(value)),
  ),
})).value

test('every logged value stays one line of valid JSON, and no field swallows its neighbours', () => {
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      const line = redactLine(`${JSON.stringify([{ one }, 'between', { two }, 'last'])}\n`)
      assert.equal(line.indexOf('\n'), line.length - 1)
      const parsed = JSON.parse(line)
      assert.equal(parsed.length, 4)
      assert.equal(parsed[1], 'between')
      assert.equal(parsed[3], 'last')
    }),
    { numRuns: 3_000 },
  )
})

test('a secret under a secret key is removed at any position in the object', () => {
  const put = fc.letrec(tie => ({
    place: fc.oneof(
      { maxDepth: 4 },
      fc.constant({ refreshToken: 'SECRET"\\,}' }),
      fc.tuple(nasty, tie('place')),
      fc.tuple(nastyText, tie('place')).map(([key, value]) => ({ [key]: value })),
      tie('place').map(value => ({ body: JSON.stringify(value) })),
    ),
  })).place
  fc.assert(
    fc.property(put, value => !redactLine(JSON.stringify({ value })).includes('SECRET')),
    { numRuns: 3_000 },
  )
})

test('redaction is linear: half a megabyte of adversarial text takes under a second', () => {
  const parts = ['eyJ', 'oct_a_', 'Bearer ', 'token=', '__host-', '://a:', 'password":', "secret: '", 'aB3', '"', '\\']
  for (const part of [...parts, '\\"token\\":\\"', '\\"token\\":[', 'bearer  ', 'a.', '"token":"', "':'"]) {
    const text = `= ' @ % J _ ${part.repeat(500_000 / part.length)}`
    const startMs = performance.now()
    redactLine(text)
    const tookMs = performance.now() - startMs
    assert(tookMs < 1_000, `${part}: ${tookMs.toFixed(0)} ms`)
  }
})
