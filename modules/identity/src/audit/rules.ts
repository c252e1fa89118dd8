/** Pure decisions of the audit log: what an entry may hold, how entries are chained, and whether a chain is whole. */
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

/** Where a chain begins and ends, and the digest that says so. */
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

/** Texts fit for one line of a log; more than a few words belong elsewhere. */
export function cleanDetails(details: Details): Details {
  const clean: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(details).slice(0, detailsMax)) {
    clean[name] = typeof value === 'string' ? withoutInvisible(value).slice(0, detailCharsMax).toWellFormed() : value
  }
  return clean
}

/** SHA-256 over the hash before and the entry as JSON with its names in one order. */
export function hashOfEntry(previous: Buffer, userId: string, entry: ChainedEntry): Buffer {
  const { seq, at, action, by, address, user_agent, details, other_digest } = entry
  const sorted = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([userId, seq, at, action, by, address, user_agent, sorted, other_digest?.toString('hex')])
  return createHash('sha256').update(previous).update(text).digest()
}

/** Stands for another person in the chain without naming them. */
export function digestOfOther(salt: Buffer, otherUserId: string): Buffer {
  return createHash('sha256').update(salt).update(otherUserId).digest()
}

/** The digest only this installation's processes can make of a chain's two ends. */
export function sealOfHead(key: Buffer, head: Omit<ChainHead, 'seal'>): Buffer {
  const { user_id, seq, hash, base_seq, base_hash } = head
  const text = JSON.stringify([user_id, seq, hash.toString('hex'), base_seq, base_hash.toString('hex')])
  return createHmac('sha256', key).update(text).digest()
}

/** A head without entries needs no seal: there is nothing to vouch for. */
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

/** Takes a chain's entries in order and says where the first is missing or not as it was written. */
export function createChainCheck(head: ChainHead) {
  let hash = head.base_hash
  let seq = head.base_seq
  return {
    /** `false` at the first entry that does not fit. */
    accept(entry: StoredEntry): boolean {
      const expected = hashOfEntry(hash, head.user_id, entry)
      if (entry.seq !== seq + 1 || !expected.equals(entry.hash) || !isOtherRight(entry)) return false
      seq = entry.seq
      hash = entry.hash
      return true
    },
    nextSeq: () => seq + 1,
    /** Whether the last entry accepted is the one the chain ends with. */
    isAtEnd: () => seq === head.seq && hash.equals(head.hash),
  }
}

/** Who was forgotten has left no trace to compare. */
function isOtherRight({ other_user_id, other_salt, other_digest }: StoredEntry): boolean {
  if (other_user_id === null) return true
  return other_salt !== null && other_digest !== null && digestOfOther(other_salt, other_user_id).equals(other_digest)
}
