/**
 * The salts visitors are hashed with: one a day, shared by all processes, gone when the day is over. Within a day the
 * same address with the same user agent is the same visitor; over days nobody can tell, we included.
 */

import { hash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Queryable } from '@octet/db'
import * as visitorStore from './visitor-store.ts'

const dayMs = 86_400_000
const retryMs = 5_000
const waitMs = 200
/** Visitors whose hash is remembered; not a whole day's, so that a flood of made-up ones costs little memory. */
const rememberedMax = 10_000
const agentLengthMax = 400

export interface VisitorSalts {
  /** Who a visitor is today; empty until the salt of the day is loaded. Never waits. */
  hashOf(nowMs: number, address: string, userAgent: string): string
  /** Resolves when the salt of the day is there, or cannot be had now. */
  load(nowMs: number): Promise<void>
}

/** Nothing is read before it is asked for. The next day's salt is fetched a day ahead, so midnight is no different. */
export function createVisitorSalts(db: Queryable, onFailure: (error: unknown) => void): VisitorSalts {
  let salts = new Map<number, string>()
  let loading: Promise<void> | undefined
  let notBeforeMs = 0

  async function load(nowMs: number): Promise<void> {
    const today = Math.floor(nowMs / dayMs)
    if (salts.has(today + 1) || nowMs < notBeforeMs) return
    loading ??= fetchSalts(today, nowMs).finally(() => {
      loading = undefined
    })
    // Nobody's visit waits for a salt longer than they would notice, nor for one that is only wanted tomorrow.
    if (!salts.has(today)) await Promise.race([loading, delay(waitMs, undefined, { ref: false })])
  }

  async function fetchSalts(today: number, nowMs: number): Promise<void> {
    try {
      const fetched = new Map<number, string>()
      for (const day of [today, today + 1]) {
        fetched.set(day, await visitorStore.saltOf(db, dateOf(day), randomBytes(16)))
      }
      salts = fetched
    } catch (error) {
      notBeforeMs = nowMs + retryMs
      onFailure(error)
    }
  }

  function peek(nowMs: number): string | undefined {
    const today = Math.floor(nowMs / dayMs)
    if (!salts.has(today + 1)) void load(nowMs)
    return salts.get(today)
  }

  const remembered = createVisitorHashes()
  return {
    load,
    hashOf(nowMs, address, userAgent) {
      const salt = peek(nowMs)
      return salt === undefined ? '' : remembered(salt, address, userAgent)
    },
  }
}

/**
 * {@link visitorHash}, remembered for those who came lately: who follows one link often follows the next, and the hash
 * is a third of what a click record costs. By user agent first, whose texts are few and found by a hash they have
 * already. Addresses are in this process's memory only, and gone with the salt.
 */
export function createVisitorHashes(): typeof visitorHash {
  let ofSalt = ''
  let size = 0
  const byAgent = new Map<string, Map<string, string>>()

  function remember(address: string, userAgent: string): string {
    const visitor = visitorHash(ofSalt, address, userAgent)
    if (userAgent.length > agentLengthMax) return visitor
    if (size >= rememberedMax) forget()
    const byAddress = byAgent.get(userAgent) ?? new Map<string, string>()
    if (byAddress.size === 0) byAgent.set(userAgent, byAddress)
    byAddress.set(address, visitor)
    size++
    return visitor
  }

  function forget(): void {
    byAgent.clear()
    size = 0
  }

  return (salt, address, userAgent) => {
    if (salt !== ofSalt) {
      forget()
      ofSalt = salt
    }
    return byAgent.get(userAgent)?.get(address) ?? remember(address, userAgent)
  }
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** Twelve base64url characters: 72 bits, of which two people among a million share none. */
export function visitorHash(salt: string, address: string, userAgent: string): string {
  return hash('sha256', `${salt} ${address} ${userAgent}`, 'base64url').slice(0, 12)
}

/** The same number for the same person and link on every day. It is used at once and kept nowhere. */
export function visitorLot(linkId: string, address: string, userAgent: string): number {
  return Number.parseInt(hash('sha256', `${linkId} ${address} ${userAgent}`, 'hex').slice(0, 8), 16)
}
