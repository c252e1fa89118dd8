/** What identity keeps of people, how they get it, and how it goes. */
import type { identity } from '@octet/contracts'
import { each, retain } from '@octet/db'
import type { Privacy } from '@octet/kernel'
import type { IdentityContext } from './context.ts'
import * as store from './privacy-store.ts'

export const privacy: Privacy<typeof identity, IdentityContext> = {
  columns: {
    // The row goes, and with it, by foreign key, all that belongs to the account.
    users: each(
      'delete',
      ...['id', 'username', 'username_key', 'display_name', 'email', 'email_key', 'email_verified', 'password_hash'],
      ...['roles', 'preferences', 'access_version', 'version', 'created_at', 'updated_at'],
    ),
    sessions: each(
      'delete',
      ...['id', 'user_id', 'kind', 'cookie_hash', 'refresh_counter', 'refresh_key', 'refreshed_at', 'grace_answers'],
      ...['idle_seconds', 'idle_expires_at', 'absolute_expires_at', 'user_agent', 'address_prefix', 'created_at'],
      ...['last_seen_at', 'revoked_at', 'revoke_reason'],
    ),
    revocations: {
      ...each('not-personal', 'txid', 'kind', 'version', 'expires_at'),
      subject: retain('every process must hear that the tokens of the account are worthless', 1),
    },
    signing_keys: each('not-personal', 'kid', 'public_jwk', 'private_jwk', 'created_at', 'not_before', 'retired_at'),
    setup_tokens: each('not-personal', 'token_hash', 'expires_at', 'used_at'),
  },
  async *exportUser({ db }, userId) {
    yield { path: 'account.jsonl', rows: await store.accountOf(db, userId) }
    yield { path: 'devices.jsonl', rows: await store.devicesOf(db, userId) }
  },
  async eraseUser(_ctx, tx, userId) {
    await store.deleteAccount(tx, userId)
    return 'done'
  },
  verifyErased: ({ db }, userId) => store.countAccountRows(db, userId),
}
