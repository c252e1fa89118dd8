/** Pure decisions of the audit log: what an entry may hold, how entries are chained, and whether a chain is intact. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditAction } from '@octet/contracts/identity'
import { withoutInvisible } from '../account/rules.ts'

export type Details = Readonly<Record<string, string | number | boolean>>

/** The part of an entry that its hash covers. */
export interface ChainedEntry {
  readonly seq: number
  readonly at: string
  readonly action: AuditAction
  readonly by: 'self' | 'administrator' | 'system'
  readonly address: string
  readonly user_agent: string
  readonly details: Details
  readonly other_digest: Buffer | null
}

/** The two ends of a chain and the digest over them. */
export interface ChainHead {
  readonly user_id: string
  readonly seq: number
  readonly hash: Buffer
  readonly base_seq: number
  readonly base_hash: Buffer
  readonly seal: Buffer
}

const detailCharsMax = 200
const detailsMax = 10

/** Details as single-line texts. Longer texts belong elsewhere. */
export function cleanDetails(details: Details): Details {
  const clean: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(details).slice(0, detailsMax)) {
    clean[name] = typeof value === 'string' ? withoutInvisible(value).slice(0, detailCharsMax).toWellFormed() : value
  }
  return clean
}

/** SHA-256 over the previous hash and the entry as JSON with sorted names. */
export function hashOfEntry(previous: Buffer, userId: string, entry: ChainedEntry): Buffer {
  const { seq, at, action, by, address, user_agent, details, other_digest } = entry
  const sorted = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([userId, seq, at, action, by, address, user_agent, sorted, other_digest?.toString('hex')])
  return createHash('sha256').update(previous).update(text).digest()
}

/** Digest that stands for another account in the chain without naming it. */
export function digestOfOther(salt: Buffer, otherUserId: string): Buffer {
  return createHash('sha256').update(salt).update(otherUserId).digest()
}

/** Digest over both ends of a chain. Only this installation's processes can compute it. */
export function sealOfHead(key: Buffer, head: Omit<ChainHead, 'seal'>): Buffer {
  const { user_id, seq, hash, base_seq, base_hash } = head
  const text = JSON.stringify([user_id, seq, hash.toString('hex'), base_seq, base_hash.toString('hex')])
  return createHmac('sha256', key).update(text).digest()
}

/** Whether the seal is valid. A chain without entries has no seal. */
export function isSealGood(key: Buffer, head: ChainHead): boolean {
  if (head.seq === 0 && head.seal.length === 0) return true
  const seal = sealOfHead(key, head)
  return seal.length === head.seal.length && timingSafeEqual(seal, head.seal)
}

export interface StoredEntry extends ChainedEntry {
  readonly other_user_id: string | null
  readonly other_salt: Buffer | null
  readonly hash: Buffer
}

/** Checks a chain's entries in order and reports where the first one is missing or altered. */
export function createChainCheck(head: ChainHead) {
  let hash = head.base_hash
  let seq = head.base_seq
  return {
    /** `false` at the first entry that does not match. */
    accept(entry: StoredEntry): boolean {
      const expected = hashOfEntry(hash, head.user_id, entry)
      if (entry.seq !== seq + 1 || !expected.equals(entry.hash) || !isOtherRight(entry)) return false
      seq = entry.seq
      hash = entry.hash
      return true
    },
    nextSeq: () => seq + 1,
    /** Whether the last accepted entry is the end of the chain. */
    isAtEnd: () => seq === head.seq && hash.equals(head.hash),
  }
}

/** An erased account leaves no data to compare. */
function isOtherRight({ other_user_id, other_salt, other_digest }: StoredEntry): boolean {
  if (other_user_id === null) return true
  return other_salt !== null && other_digest !== null && digestOfOther(other_salt, other_user_id).equals(other_digest)
}
