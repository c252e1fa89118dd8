import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { access, apiPrefix, closed, defineContract, operation } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import { defineModule, operationsOf } from '@octet/kernel'
import { defer, type Test, testApp } from '@octet/testkit'
import { Type } from 'typebox'
import { encodingFor, isCompressible } from '../src/compress.ts'
import { bareApp } from './bare-app.ts'

const long = 'an octet is eight bits; '.repeat(200)
const read = {
  summary: 'read',
  access: access.anyone,
  input: closed({}),
  problems: [],
  retry: 'safe',
  timeoutMs: 1_000,
} as const
const output = closed({ text: Type.String() })

const contract = defineContract({
  name: 'texts',
  problems: {},
  operations: {
    long: operation({ ...read, http: 'GET /long', output }),
    short: operation({ ...read, http: 'GET /short', output }),
    post: operation({ ...read, http: 'POST /long', output }),
    withToken: operation({
      ...read,
      http: 'GET /with-token',
      output: closed({ list: Type.Array(closed({ text: Type.String(), accessToken: Type.String() })) }),
    }),
    versioned: operation({
      ...read,
      http: 'GET /versioned',
      output: closed({ text: Type.String(), version: Type.Integer() }),
      versioned: true,
    }),
  },
  events: {},
})

const textsModule = defineModule({
  contract,
  calls: [],
  migrations: new URL('../../runtime/test/sample-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it answers constants' },
  open: async () => ({}),
  operations: {
    long: async () => ({ text: long }),
    short: async () => ({ text: 'short' }),
    post: async () => ({ text: long }),
    withToken: async () => ({ list: [{ text: long, accessToken: 'not for others' }] }),
    versioned: async () => ({ text: long, version: 1 }),
  },
})

async function open(t: Test) {
  const { http } = await testApp(t, { modules: [textsModule] })
  return async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'POST' = 'GET') => {
    const answer = await http.inject({ method, url: `${apiPrefix}${path}`, headers })
    const { 'content-encoding': encoding, vary } = answer.headers
    return { encoding, vary, bytes: answer.rawPayload, text: answer.body }
  }
}

const br = { 'accept-encoding': 'gzip, deflate, br' }

test('a list answer over 1 kB is compressed with an encoding that the client accepts', async t => {
  const get = await open(t)
  const brotli = await get('/long', br)
  assert.equal(brotli.encoding, 'br')
  assert.equal(JSON.parse(brotliDecompressSync(brotli.bytes).toString()).text, long)
  assert.ok(brotli.bytes.length < 500)
  const zipped = await get('/long', { 'accept-encoding': 'gzip, br;q=0' })
  assert.equal(zipped.encoding, 'gzip')
  assert.equal(JSON.parse(gunzipSync(zipped.bytes).toString()).text, long)
  for (const plain of [await get('/long'), await get('/long', { 'accept-encoding': 'identity' })]) {
    assert.deepEqual([plain.encoding, JSON.parse(plain.text).text], [undefined, long])
  }
  assert.equal(brotli.vary, 'Accept-Encoding')
})

test('short answers, writes, versioned answers and answers with secrets are never compressed', async t => {
  const get = await open(t)
  for (const path of ['/short', '/versioned', '/with-token']) {
    assert.equal((await get(path, br)).encoding, undefined, path)
  }
  assert.equal((await get('/long', br, 'POST')).encoding, undefined)
})

test('an answer is not compressed if another site’s page may have sent the cookie', async t => {
  const get = await open(t)
  const cookie = { ...br, cookie: 'oct=whatever' }
  for (const [headers, encoding] of [
    [{ ...cookie }, undefined],
    [{ ...cookie, 'sec-fetch-site': 'cross-site' }, undefined],
    [{ ...cookie, 'sec-fetch-site': 'same-site' }, undefined],
    [{ ...cookie, 'sec-fetch-site': 'none' }, undefined],
    [{ ...cookie, 'sec-fetch-site': 'same-origin' }, 'br'],
  ] as const) {
    assert.equal((await get('/long', headers)).encoding, encoding, JSON.stringify(headers))
  }
})

test('no answer that carries a token, key or code is compressible', () => {
  const all = contracts.flatMap(one => [...operationsOf(one).values()])
  const compressible = new Set(all.filter(isCompressible).map(({ fullName }) => fullName))
  const secretive = [
    ...['identity.login', 'identity.refresh', 'identity.register', 'identity.stepUp', 'identity.createApiKey'],
    ...['identity.startTotp', 'identity.confirmTotp', 'identity.makeRecoveryCodes', 'identity.createExportLink'],
    ...['identity.startProviderLogin', 'links.createWebhook', 'links.rotateWebhookSecret', 'chat.createInvitation'],
  ]
  for (const name of secretive) {
    assert.ok(
      all.some(({ fullName }) => fullName === name),
      name,
    )
    assert.ok(!compressible.has(name), name)
  }
  for (const name of ['links.listLinks', 'chat.listRooms']) assert.ok(compressible.has(name), name)
})

test('encodingFor prefers brotli and respects an encoding that the client refuses', () => {
  for (const [header, expected] of [
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5, BR;q=0.1', 'br'],
    ['br;q=0, gzip;q=0.0', undefined],
    ['deflate, zstd', undefined],
  ] as const) {
    assert.equal(encodingFor(header), expected, header)
  }
})

test('a document is compressed once, has an entity tag per encoding, and is rate limited by address', async t => {
  const { app } = bareApp()
  defer(t, () => app.close())
  app.addDocument({ url: '/document', type: 'text/plain; charset=utf-8', body: long })
  const get = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: '/document', headers })
  const [plain, brotli] = [await get(), await get(br)]
  assert.equal(plain.body, long)
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), long)
  assert.notEqual(plain.headers.etag, brotli.headers.etag)
  const known = await get({ ...br, 'if-none-match': String(brotli.headers.etag) })
  assert.deepEqual([known.statusCode, known.body], [304, ''])
  assert.equal((await get({ ...br, 'if-none-match': String(plain.headers.etag) })).statusCode, 200)
  const head = await get({}, 'HEAD')
  assert.deepEqual([head.headers['content-length'], head.body], [String(long.length), ''])
  const statuses = await Promise.all(Array.from({ length: 150 }, async () => (await get()).statusCode))
  assert.ok(statuses.includes(429))
})
