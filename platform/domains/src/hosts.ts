/** Which of the hosts that people bring a request is for. Asked for every request, so known hosts cost a map lookup. */
import type { IncomingMessage } from 'node:http'
import { type Cache, createCache, createMemo } from '@octet/cache'
import type { Db } from '@octet/db'
import { headerOf } from '@octet/http'
import { normalHost } from './rules.ts'
import { type DomainRow, findVerified } from './store.ts'

/** A new host works, and a removed one stops, within this time in every process. */
const ttlMs = 5_000
/** Hosts go on working while the database restarts. */
const staleIfErrorMs = 10 * 60_000
const hostsMax = 10_000
const namesMax = 10_000

export interface HostLookup<Row extends DomainRow> {
  /** The verified domain that a request is for; `null` for the installation's own host and unclaimed ones. */
  ofRequest(request: IncomingMessage): Row | null | Promise<Row | null>
  /** The verified domain of a normal host, or `null`. */
  find(host: string): Promise<Row | null>
  /** The next question about the host goes to the database; other processes ask within seconds. */
  forget(host: string): void
  /** Hits and misses of the cache behind it. */
  readonly stats: Cache<Row | null>['stats']
}

/** Looks in the table `domains` of `db`'s module. */
export function createHostLookup<Row extends DomainRow>(options: {
  readonly db: Db
  readonly origin: string
}): HostLookup<Row> {
  const { db } = options
  const own = new URL(options.origin).hostname
  /** By the text of the header: making a URL of it for every visit would cost as much as the visit. */
  const nameOf = createMemo(namesMax, given => normalHost(given.replace(/:\d{1,5}$/, '')))
  const load = async (host: string) => (await findVerified<Row>(db, host)) ?? null
  const known = createCache<Row | null>({ entriesMax: hostsMax, ttlMs, staleIfErrorMs, load })
  return {
    ofRequest(request) {
      const given = headerOf(request, 'host')
      const host = given === undefined ? undefined : nameOf(given)
      if (host === undefined || host === own) return null
      const found = known.peek(host)
      return found === undefined ? known.get(host) : found
    },
    find: host => known.get(host),
    forget: host => known.delete(host),
    stats: known.stats,
  }
}
