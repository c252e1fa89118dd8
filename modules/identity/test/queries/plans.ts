/** The hot queries of identity on a large installation. `npm run plans -- identity` prints how they run. */
import { setTimeout as delay } from 'node:timers/promises'
import { identity } from '@octet/contracts/identity'
import type { Sql } from '@octet/db'
import { fillTables, plansOf, type QueryPlan, type Test } from '@octet/testkit'
import { makeRegistration, openIdentity, password, signUp, signUpInBrowser } from '../make.ts'

/** 5,000 people with four sessions each, second factors, keys, blocks and a history. */
async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into users (id, username, username_key, display_name, email, email_key, email_verified)
    select md5('user' || n)::uuid, 'user' || n, 'user' || n, 'User ' || n,
           n || '@example.com', n || '@example.com', true
    from generate_series(1, 5000) as n`
  await sql`
    insert into sessions (id, user_id, kind, cookie_hash, idle_seconds, idle_expires_at, absolute_expires_at,
                          user_agent, address_prefix)
    select gen_random_uuid(), id, 'web', sha256((id || ':' || n)::bytea), 1000, now() + interval '1 day',
           now() + interval '30 days', 'browser', '192.0.2.0/24'
    from users, generate_series(1, 4) as n`
  await sql`
    insert into api_keys (id, lookup, user_id, kind, name, scopes, secret_hash, last4, expires_at)
    select gen_random_uuid(), 'lookup' || username, id, 'pat', 'key', '{}', '', 'last', now() + interval '1 day'
    from users`
  await sql`
    insert into revocations (txid, kind, subject, expires_at)
    select '1', 'session', id, now() + interval '1 hour' from sessions limit 5000`
  await sql`
    insert into audit_log (user_id, seq, at, action, by, address, user_agent, details, hash)
    select id, n, now(), 'signed-in', 'self', '', '', '{}', '' from users, generate_series(1, 4) as n`
  await sql`insert into audit_heads (user_id, seq, seal) select id, 4, '' from users`
  await sql`
    insert into sign_in_attempts
    select md5('key' || n), 1, now(), now(), now() + interval '1 hour' from generate_series(1, 5000) as n`
  await sql`insert into totp_secrets (user_id, secret) select id, '' from users`
  await sql`insert into recovery_codes select id, sha256(id::text::bytea) from users`
  await sql`
    insert into passkeys (id, user_id, credential_id, public_key, counter, transports, aaguid, is_backed_up, name,
                          guards_password, created_at)
    select gen_random_uuid(), id, username, '', 0, '{}', '', false, 'key', false, now() from users`
  await sql`
    insert into erasures (id, user_id, requested_at, due_at)
    select gen_random_uuid(), gen_random_uuid(), now(), now() + interval '9 days' from users`
  await sql`
    insert into user_blocks (blocker_id, blocked_id)
    select md5('user' || n)::uuid, md5('user' || (n + 1))::uuid from generate_series(1, 4999) as n`
}

/** Fills a database and explains what the use cases ask. */
export async function plans(t: Test): Promise<QueryPlan[]> {
  const app = await openIdentity(t)
  const db = app.db('identity')
  await fillTables(db, fill)
  const person = await signUp(app)
  const inBrowser = await signUpInBrowser(app)
  const key = await person.client.createApiKey({ name: 'key', scopes: ['account:read'], expiresInDays: 1 })
  const anyone = app.client(identity)
  return plansOf([db], {
    'a request with a cookie': () => inBrowser.client.getMe({}),
    'a request with an access token': () => person.client.getMe({}),
    'a request with an API key': () => app.client(identity, { token: key.key }).getMe({}),
    'refresh of a session': () => anyone.refresh({ refreshToken: person.refreshToken }),
    'sign-in': () => anyone.login({ login: person.registration.username, password }),
    'sign-in by address': () => anyone.login({ login: person.registration.email, password }),
    registration: () => anyone.register(makeRegistration()),
    'devices of an account': () => person.client.listDevices({}),
    'history of an account': () => person.client.listAudit({}),
    'search for people': () => person.client.searchUsers({ q: 'user1' }),
    'news of revocations': () => delay(600),
  })
}
