/**
 * The salts that visitors are hashed with: one a day, shared by all processes, deleted when the day is over. Within a
 * day the same address with the same user agent is the same visitor. Visits of different days cannot be linked.
 */
import { hash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

const dayMs = 86_400_000
const saltBytes = 16
const retryMs = 5_000
const waitMs = 200
/** Visitors whose hash is remembered; fewer than a day's, so that a flood of made-up ones costs little memory. */
const rememberedMax = 10_000
const agentLengthMax = 400

export interface VisitorSaltsOptions {
  /**
   * The salt of a day (`YYYY-MM-DD`, UTC) as all processes have it: `fresh` is kept, unless another process was first.
   * The module stores it, and deletes it when its day is over.
   */
  readonly saltOf: (day: string, fresh: Uint8Array) => Promise<string>
  readonly onFailure: (error: unknown) => void
}

export interface VisitorSalts {
  /** The hash of a visitor today; empty until the salt of the day is loaded. Never waits. */
  hashOf(nowMs: number, address: string, userAgent: string): string
  /** Resolves when the salt of the day is loaded, or loading it has failed. */
  load(nowMs: number): Promise<void>
}

/** Reads nothing before the first visit. The next day's salt is fetched a day ahead, so midnight causes no wait. */
export function createVisitorSalts({ saltOf, onFailure }: VisitorSaltsOptions): VisitorSalts {
  let salts = new Map<number, string>()
  let loading: Promise<void> | undefined
  let notBeforeMs = 0

  async function load(nowMs: number): Promise<void> {
    const today = Math.floor(nowMs / dayMs)
    if (salts.has(today + 1) || nowMs < notBeforeMs) return
    loading ??= fetchSalts(today, nowMs).finally(() => {
      loading = undefined
    })
    // A visit waits for a salt no longer than its visitor would notice, and not at all for the one of tomorrow.
    if (!salts.has(today)) await Promise.race([loading, delay(waitMs, undefined, { ref: false })])
  }

  async function fetchSalts(today: number, nowMs: number): Promise<void> {
    try {
      const fetched = new Map<number, string>()
      for (const day of [today, today + 1]) {
        fetched.set(day, await saltOf(dateOf(day), randomBytes(saltBytes)))
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
 * {@link visitorHash}, remembered for recent visitors: the hash is a third of what a click record costs. By user agent
 * first, whose texts are few and whose string hash V8 has computed already. Addresses stay in this process's memory and
 * go with the salt.
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

/** Twelve base64url characters: with 72 bits, no two people among a million share a hash. */
export function visitorHash(salt: string, address: string, userAgent: string): string {
  return hash('sha256', `${salt} ${address} ${userAgent}`, 'base64url').slice(0, 12)
}

/** A 32-bit number for fair draws, the same for one visitor and subject every day. Use it at once; never store it. */
export function visitorLot(subject: string, address: string, userAgent: string): number {
  return Number.parseInt(hash('sha256', `${subject} ${address} ${userAgent}`, 'hex').slice(0, 8), 16)
}
