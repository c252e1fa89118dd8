/**
 * The salts visitors are hashed with: one a day, shared by all processes, gone when the day is over. Within a day the
 * same address with the same user agent is the same visitor; over days nobody can tell, we included.
 */
import { hash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Queryable } from '@octet/db'
import * as store from './click-store.ts'

const dayMs = 86_400_000
const retryMs = 5_000
const waitMs = 200

export interface VisitorSalts {
  /** The salt of the day, or `undefined` until it is loaded; never waits. */
  peek(nowMs: number): string | undefined
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
        fetched.set(day, await store.saltOf(db, dateOf(day), randomBytes(16)))
      }
      salts = fetched
    } catch (error) {
      notBeforeMs = nowMs + retryMs
      onFailure(error)
    }
  }

  return {
    load,
    peek(nowMs) {
      const today = Math.floor(nowMs / dayMs)
      if (!salts.has(today + 1)) void load(nowMs)
      return salts.get(today)
    },
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
