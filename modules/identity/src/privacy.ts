/** Personal data that identity stores: how it is exported and erased. */
import type { identity } from '@octet/contracts/identity'
import { each, retain } from '@octet/db'
import type { Privacy } from '@octet/kernel'
import { avatarFile, countAvatars, deleteAvatars } from './account/set-avatar.ts'
import { eraseAudit } from './audit/store.ts'
import type { IdentityContext } from './context.ts'
import { deleteAnswers } from './erasure/store.ts'
import { deleteArchive } from './export/rules.ts'
import { listExports } from './export/store.ts'
import * as store from './privacy-store.ts'

/** Exceeds the number of exports that can exist at the same time. */
const exportsMax = 1_000

export const privacy: Privacy<typeof identity, IdentityContext> = {
  columns: {
    // Foreign keys delete everything that belongs to the account along with its row.
    users: each(
      'delete',
      ...['id', 'username', 'username_key', 'display_name', 'email', 'email_key', 'email_verified', 'password_hash'],
      ...['roles', 'preferences', 'access_version', 'version', 'created_at', 'updated_at'],
      ...['disabled_at', 'disabled_reason', 'bio', 'avatar_hash'],
    ),
    sessions: each(
      'delete',
      ...['id', 'user_id', 'kind', 'cookie_hash', 'refresh_counter', 'refresh_key', 'refreshed_at', 'grace_answers'],
      ...['idle_seconds', 'idle_expires_at', 'absolute_expires_at', 'user_agent', 'address_prefix', 'created_at'],
      ...['last_seen_at', 'revoked_at', 'revoke_reason', 'auth_time', 'aal', 'cookie_since', 'next_cookie_hash'],
      ...['next_cookie_at', 'next_auth_time', 'next_aal', 'previous_cookie_hash', 'previous_cookie_until'],
      'passkey_id',
    ),
    passkeys: each(
      'delete',
      ...['id', 'user_id', 'credential_id', 'public_key', 'counter', 'transports', 'aaguid', 'is_backed_up', 'name'],
      ...['guards_password', 'created_at', 'last_used_at'],
    ),
    passkey_challenges: each('delete', ...['challenge_hash', 'purpose', 'user_id', 'must_verify_user', 'expires_at']),
    totp_secrets: each('delete', 'user_id', 'secret', 'created_at', 'confirmed_at', 'last_step'),
    recovery_codes: each('delete', 'user_id', 'code_hash'),
    code_tries: each('delete', 'user_id', 'tries', 'started_at'),
    sign_in_challenges: each(
      'delete',
      ...['token_hash', 'user_id', 'kind', 'remember', 'first_factor', 'access_version', 'expires_at'],
    ),
    audit_log: {
      ...each('delete', 'user_id', 'seq', 'at', 'action', 'by', 'address', 'user_agent', 'details', 'hash'),
      // Audit chains of other accounts keep only a digest, and its salt is deleted.
      ...each('anonymise', 'other_user_id', 'other_salt', 'other_digest'),
    },
    audit_heads: each('delete', 'user_id', 'seq', 'hash', 'base_seq', 'base_hash', 'seal'),
    module_keys: each('not-personal', 'name', 'value'),
    api_keys: each(
      'delete',
      ...['id', 'lookup', 'user_id', 'kind', 'name', 'scopes', 'secret_hash', 'last4', 'created_at', 'expires_at'],
      ...['last_used_at', 'revoked_at', 'revoke_reason'],
    ),
    user_blocks: each('delete', 'blocker_id', 'blocked_id', 'created_at'),
    // Reports about the account are deleted. Reports by the account lose name and text.
    user_reports: {
      ...each('delete', 'id', 'subject_id', 'reason', 'note', 'created_at', 'resolved_at', 'outcome', 'resolution'),
      ...each('anonymise', 'reporter_id', 'resolver_id'),
    },
    revocations: {
      ...each('not-personal', 'txid', 'kind', 'version', 'expires_at'),
      subject: retain('every process must learn that the tokens of the account are invalid', 1),
    },
    // Keys are digests and expire within the hour.
    sign_in_attempts: each('not-personal', 'key', 'count', 'counted_at', 'open_at', 'forgotten_at'),
    signing_keys: each(
      'not-personal',
      'kid',
      'public_jwk',
      'private_jwk',
      'private_sealed',
      'created_at',
      'not_before',
      'retired_at',
    ),
    // The row is deleted when every module has answered. A hash that cannot be resolved remains.
    erasures: each('delete', 'id', 'user_id', 'state', 'requested_at', 'due_at'),
    privacy_answers: each('delete', 'request_id', 'module', 'answered_at'),
    erased_subjects: {
      id_hash: retain('an account that comes back with a restored backup must be erased again', 'for-ever'),
      ...each('not-personal', 'erased_at', 'kept_at'),
    },
    exports: each('delete', 'id', 'user_id', 'state', 'requested_at', 'expires_at', 'size_bytes', 'link_hash'),
    address_claims: each('delete', 'user_id', 'email', 'email_key', 'code_hash', 'tries_left', 'expires_at'),
    recovery_links: each('delete', 'token_hash', 'user_id', 'kind', 'email', 'email_key', 'created_at', 'expires_at'),
    external_identities: each('delete', 'issuer', 'subject', 'user_id', 'provider', 'label', 'linked_at', 'used_at'),
    openid_flows: {
      ...each('delete', 'user_id', 'session_id'),
      ...each('not-personal', 'flow_hash', 'provider', 'secrets', 'return_path', 'expires_at'),
    },
    mail_allowances: {
      ...each('not-personal', 'kind', 'sent', 'window_until'),
      email_hash: retain('creating and deleting accounts must not flood a mailbox', 1),
    },
    setup_tokens: each('not-personal', 'token_hash', 'expires_at', 'used_at'),
  },
  async *exportUser({ db, storage }, userId) {
    yield { path: 'account.jsonl', rows: await store.accountOf(db, userId) }
    const avatar = await avatarFile({ db, storage }, userId)
    if (avatar !== undefined) yield { path: 'profile-picture.webp', body: avatar }
    yield { path: 'passkeys.jsonl', rows: await store.passkeysOf(db, userId) }
    yield { path: 'devices.jsonl', rows: await store.devicesOf(db, userId) }
    yield { path: 'api-keys.jsonl', rows: await store.apiKeysOf(db, userId) }
    yield { path: 'audit.jsonl', rows: await store.auditOf(db, userId) }
    yield { path: 'blocks.jsonl', rows: await store.blocksOf(db, userId) }
    yield { path: 'reports.jsonl', rows: await store.reportsOf(db, userId) }
    yield { path: 'sign-in-providers.jsonl', rows: await store.providersOf(db, userId) }
  },
  async eraseUser(ctx, tx, userId) {
    for (const { id } of await listExports(tx, userId, exportsMax)) {
      await deleteArchive(ctx, id)
      await deleteAnswers(tx, id)
    }
    await deleteAvatars(ctx.storage, userId)
    await store.forgetReporter(tx, userId)
    await eraseAudit(tx, userId)
    await store.deleteAccount(tx, userId)
    return 'done'
  },
  async verifyErased({ db, storage }, userId) {
    return (await store.countAccountRows(db, userId)) + (await countAvatars(storage, userId))
  },
}
