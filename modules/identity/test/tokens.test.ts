import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, test } from 'node:test'
import { commonProblem } from '@octet/contracts'
import { newId } from '@octet/db'
import { base64url, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { SigningKeys } from '../src/sessions/signing-keys.ts'
import { type AccessTokens, accessTokenSeconds, createAccessTokens } from '../src/sessions/tokens.ts'

const issuer = 'http://localhost:3000'
const kid = 'key-1'
const nowMs = Date.parse('2026-11-21T08:00:00.900Z')
const nowSeconds = Math.floor(nowMs / 1000)
const grant = {
  userId: newId(),
  sessionId: newId(),
  roles: ['user'],
  scopes: '*',
  accessVersion: 3,
  provenAtMs: nowMs - 900,
} as const
const claims: JWTPayload = {
  sub: grant.userId,
  sid: grant.sessionId,
  roles: ['user'],
  scope: '*',
  ver: 3,
  iss: issuer,
  aud: 'octet',
  iat: nowSeconds,
  exp: nowSeconds + 60,
}

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let asked: string[] = []
let tokens: AccessTokens
let clockMs = nowMs

before(async () => {
  pair = await generateKeyPair('EdDSA', { extractable: true })
  const keys: Pick<SigningKeys, 'current' | 'find'> = {
    current: () => ({ kid, key: pair.privateKey }),
    async find(id) {
      asked.push(id)
      return id === kid ? pair.publicKey : undefined
    },
  }
  tokens = createAccessTokens({ keys, issuer, nowMs: () => clockMs })
})

function refused(token: string, why: string) {
  return assert.rejects(tokens.verify(token), { code: 'unauthenticated', status: 401 }, why)
}

function signed(payload: JWTPayload, header: object = {}): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header }).sign(pair.privateKey)
}

/** A token with arbitrary parts, bypassing the library. */
function assembled(header: object, payload: object, signature = ''): string {
  const encoded = [header, payload].map(part => base64url.encode(JSON.stringify(part)))
  return `${encoded.join('.')}.${signature}`
}

test('verification returns the signed claims', async () => {
  const verified = await tokens.verify(await tokens.sign(grant))
  assert.deepEqual(verified, { ...grant, expiresAtMs: (nowSeconds + accessTokenSeconds) * 1000 })
  const narrow = await tokens.verify(await tokens.sign({ ...grant, scopes: ['links:read', 'links:write'] }))
  assert.deepEqual(narrow.scopes, ['links:read', 'links:write'])
  assert.deepEqual(
    (await tokens.verify(await signed(claims))).roles,
    ['user'],
    'the forgeries below start from a good one',
  )
})

test('a token expires by the database’s clock', async () => {
  const token = await tokens.sign(grant)
  clockMs = nowMs + accessTokenSeconds * 1000 - 1_000
  await tokens.verify(token)
  clockMs = nowMs + accessTokenSeconds * 1000
  await refused(token, 'expired')
  clockMs = nowMs
})

test('A7: a token without a signature or with a public key as secret is refused', async () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE']) await refused(assembled({ alg, kid, typ: 'at+jwt' }, claims), alg)
  await refused(assembled({ kid, typ: 'at+jwt' }, claims), 'no algorithm')
  const good = await signed(claims)
  await refused(`${good.split('.').slice(0, 2).join('.')}.`, 'signature cut off')
  // HMAC with the public key in each encoding: works where the header chooses the algorithm.
  const { x = '' } = await exportJWK(pair.publicKey)
  for (const secret of [await exportSPKI(pair.publicKey), x, Buffer.from(x, 'base64url')]) {
    const unsigned = assembled({ alg: 'HS256', kid, typ: 'at+jwt' }, claims).slice(0, -1)
    await refused(`${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`, 'HS256')
  }
})

test('A7: a token with another key or algorithm is refused', async () => {
  const stranger = await generateKeyPair('EdDSA')
  const header = { kid, typ: 'at+jwt' }
  await refused(
    await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'EdDSA' }).sign(stranger.privateKey),
    'key',
  )
  for (const alg of ['RS256', 'ES256', 'PS256']) {
    const { privateKey } = await generateKeyPair(alg)
    await refused(await new SignJWT(claims).setProtectedHeader({ ...header, alg }).sign(privateKey), alg)
  }
})

test('A7: a key embedded in a token is ignored', async () => {
  const stranger = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(stranger.publicKey)
  for (const own of [{ jwk }, { jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/cert' }]) {
    const header = { alg: 'EdDSA', kid, typ: 'at+jwt', ...own }
    await refused(await new SignJWT(claims).setProtectedHeader(header).sign(stranger.privateKey), JSON.stringify(own))
  }
})

test('A7: a key id is matched exactly, and an unknown one is refused', async () => {
  asked = []
  const ids = ['../../dev/null', "' or 1=1 --", '__proto__', 'constructor', '']
  for (const id of ids) await refused(await signed(claims, { kid: id }), id)
  assert.deepEqual(asked, ids)
  await refused(assembled({ alg: 'EdDSA', kid: { $ne: 1 }, typ: 'at+jwt' }, claims, 'AAAA'), 'an object')
  await refused(await signed(claims, { kid: undefined }), 'none')
})

test('A7: a token of another type or audience is refused', async () => {
  for (const wrong of [
    { aud: 'shop' },
    { aud: ['shop'] },
    { aud: undefined },
    { iss: 'https://evil.example' },
    { iss: undefined },
  ]) {
    await refused(await signed({ ...claims, ...wrong }), JSON.stringify(wrong))
  }
  for (const typ of ['JWT', 'oct-svc+jwt', undefined]) await refused(await signed(claims, { typ }), String(typ))
})

test('A7: a token with missing, future or malformed claims is refused', async () => {
  const wrongs: JWTPayload[] = [
    { exp: undefined },
    { exp: nowSeconds - 1 },
    { exp: 'tomorrow' as never },
    { nbf: nowSeconds + 60 },
    { iat: undefined },
    { sub: undefined },
    { sub: 'admin' },
    { sid: undefined },
    { sid: 1 },
    { roles: 'admin' },
    { roles: ['owner'] },
    { roles: undefined },
    { scope: ['*'] },
    { ver: '3' },
    { ver: undefined },
    { auth_time: 'now' },
    { auth_time: 1.5 },
  ]
  for (const wrong of wrongs) await refused(await signed({ ...claims, ...wrong }), JSON.stringify(wrong))
})

test('A7: a header with critical extensions, two signatures or 100 KB is refused', async () => {
  await refused(assembled({ alg: 'EdDSA', kid, typ: 'at+jwt', crit: ['exp'], exp: 1 }, claims, 'AAAA'), 'crit')
  const good = await signed(claims)
  await refused(`${good}.${good.split('.')[2]}`, 'two signatures')
  asked = []
  await refused(await signed(claims, { padding: 'x'.repeat(100_000) }), '100 KB')
  assert.deepEqual(asked, [], 'refused by its length, before any work')
})

test('changing any character invalidates a token', async () => {
  const good = await signed(claims)
  for (let index = 0; index < good.length - 1; index += 7) {
    const other = good[index] === 'A' ? 'B' : 'A'
    await refused(good.slice(0, index) + other + good.slice(index + 1), `character ${index}`)
  }
})

test('a failed key lookup is an error, not a rejected token', async () => {
  const keys: Pick<SigningKeys, 'current' | 'find'> = {
    current: () => ({ kid, key: pair.privateKey }),
    find: async () => {
      throw commonProblem('unavailable')
    },
  }
  const broken = createAccessTokens({ keys, issuer, nowMs: () => nowMs })
  await assert.rejects(broken.verify(await signed(claims)), { code: 'unavailable' })
})
