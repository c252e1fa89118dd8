/** Records what happened to an account, in the same transaction. */
import { randomBytes } from 'node:crypto'
import type { AuditAction } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { addressPrefix } from '@octet/http'
import type { RequestInfo } from '@octet/kernel'
import { cleanUserAgent } from '../account/rules.ts'
import {
  type ChainedEntry,
  cleanDetails,
  type Details,
  digestOfOther,
  hashOfEntry,
  isSealGood,
  sealOfHead,
} from './rules.ts'
import { appendEntry, lockHead } from './store.ts'

const saltSizeBytes = 16

/** The part of a context that `audit` uses. */
export interface AuditContext {
  readonly request: Pick<RequestInfo, 'client'>
  /** Seals the ends of chains. Not stored in the database. */
  readonly auditKey: Buffer
}

export interface AuditNote {
  /** The account it happened to. */
  readonly userId: string
  readonly action: AuditAction
  /** Defaults to the account's owner. */
  readonly by?: ChainedEntry['by']
  /** Flat and short. Never holds a secret. */
  readonly details?: Details
  /** The other account involved: the one blocked, or whose roles changed. */
  readonly otherUserId?: string
}

/**
 * Adds an entry to the account's chain. Call it last in the transaction, because it locks the chain until the commit.
 * For several accounts, call in order of their ids.
 */
export async function audit({ request, auditKey }: AuditContext, tx: Tx, note: AuditNote): Promise<void> {
  const { client } = request
  const head = await lockHead(tx, note.userId)
  const salt = note.otherUserId === undefined ? null : randomBytes(saltSizeBytes)
  const entry: ChainedEntry = {
    seq: head.seq + 1,
    at: head.now,
    action: note.action,
    by: note.by ?? 'self',
    address: client === undefined ? '' : addressPrefix(client.address),
    user_agent: cleanUserAgent(client?.userAgent ?? ''),
    details: cleanDetails(note.details ?? {}),
    other_digest: salt === null || note.otherUserId === undefined ? null : digestOfOther(salt, note.otherUserId),
  }
  const hash = hashOfEntry(head.hash, note.userId, entry)
  const next = { ...head, seq: entry.seq, hash }
  // A head that was tampered with is never sealed again: a new seal would hide the tampering.
  const seal = isSealGood(auditKey, head) ? sealOfHead(auditKey, next) : head.seal
  const other = { other_user_id: note.otherUserId ?? null, other_salt: salt }
  await appendEntry(tx, { ...next, seal }, { ...entry, ...other, hash })
}
