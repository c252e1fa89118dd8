/** The entry point of links: short links, redirects and click counts. */
import { join } from 'node:path'
import { createCache } from '@octet/cache'
import { commonProblem, isId } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import type { Db } from '@octet/db'
import { createHostLookup } from '@octet/domains'
import { openGeoLookup } from '@octet/geo'
import { openJournal, ship } from '@octet/journal'
import { defineModule, type Floor } from '@octet/kernel'
import { createVisitorSalts } from '@octet/visitors'
import * as clickStore from './clicks/store.ts'
import * as visitorStore from './clicks/visitor-store.ts'
import type { LinksContext, LinksState } from './context.ts'
import { seedDemo } from './demo.ts'
import type { ShortDomain } from './domains/store.ts'
import { flags } from './flags.ts'
import { handlers } from './handlers.ts'
import { jobs } from './jobs.ts'
import { accessLink } from './manage/access.ts'
import { readTargetKey } from './manage/codes.ts'
import * as store from './manage/store.ts'
import { createMeasures } from './measures.ts'
import { notifications } from './notifications.ts'
import { operations } from './operations.ts'
import { privacy } from './privacy.ts'
import { createClickTokens } from './redirect/click-tokens.ts'
import * as redirectStore from './redirect/store.ts'
import { type Target, targetOf } from './redirect/target.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'
import { countBatch } from './statistics/count-clicks.ts'
import { startLiveClicks } from './statistics/live-clicks.ts'
import { webhooks } from './webhooks/webhooks.ts'

/**
 * How long a destination may be served without asking the database: an edit is visible everywhere within this time. It
 * bounds staleness across processes, so no invalidation message can get lost.
 */
const targetTtlMs = 800
const targetsMax = 100_000
/** Known links are still redirected while the database restarts; nothing can be edited meanwhile. */
const targetStaleIfErrorMs = 10 * 60_000

/** Clicks not counted by then are counted after the next start. */
const shipDeadlineMs = 2_000

export const linksModule = defineModule({
  contract: links,
  settings,
  flags,
  calls: [identity],
  migrations: new URL('../migrations/', import.meta.url),
  capabilities: [webhooks.capability],
  privacy,
  open,
  operations,
  listens: handlers,
  jobs,
  notifications,
  streams: { clicks: { join: joinAsOwner }, 'shared-clicks': { join: joinShared } },
  routes,
  seedDemo,
  async close({ clickShipper, clickJournal, liveClicks }: LinksState) {
    await liveClicks.close()
    await clickJournal.idle()
    await clickShipper.drain(shipDeadlineMs)
    await clickJournal.close()
  },
})

async function open(floor: Floor<typeof links, typeof settings>): Promise<LinksState> {
  const { OCTET_GEO_DATABASE: database, OCTET_COUNTRY_HEADER: header } = floor.settings
  const clickJournal = await openJournal({ dir: join(floor.dataDir, 'clicks'), log: floor.log })
  const clickShipper = ship({
    journal: clickJournal,
    position: journalId => clickStore.journalPosition(floor.db, journalId),
    handle: batch => countBatch(floor.db, batch, floor.now()),
    log: floor.log,
  })
  const targets = createCache({
    entriesMax: targetsMax,
    ttlMs: targetTtlMs,
    staleIfErrorMs: targetStaleIfErrorMs,
    load: key => loadTarget(floor.db, key),
  })
  const shortDomains = createHostLookup<ShortDomain>({ db: floor.db, origin: floor.origin })
  return {
    origin: floor.origin,
    limiter: floor.limiter,
    passwords: floor.passwords,
    outbound: floor.outbound,
    geo: await openGeoLookup({ database, countryHeader: header === '' ? undefined : header }),
    appSchemes: floor.settings.OCTET_APP_SCHEMES,
    secrets: floor.secrets,
    collisions: createMeasures(floor.metrics, { targets, shortDomains, clickJournal, clickShipper }).collisions,
    targets,
    shortDomains,
    clickTokens: createClickTokens(floor.db),
    visitorSalts: createVisitorSalts({
      saltOf: (day, fresh) => visitorStore.saltOf(floor.db, day, fresh),
      onFailure: error =>
        floor.log.warn({ err: error }, 'visitors are not told apart until the salt of the day is there'),
    }),
    clickJournal,
    clickShipper,
    liveClicks: startLiveClicks({
      db: floor.db,
      realtime: floor.realtime,
      now: floor.now,
      onFailure: error => floor.log.debug({ err: error }, 'live clicks could not be read; again soon'),
    }),
    realtime: floor.realtime,
  }
}

async function loadTarget(db: Db<typeof links>, key: string): Promise<Target | null> {
  const row = await redirectStore.findTarget(db, readTargetKey(key))
  return row === undefined ? null : targetOf(row)
}

/** Throws `not-found` alike for unknown links and for those of others. */
async function joinAsOwner(ctx: LinksContext, linkId: string): Promise<void> {
  if (!isId(linkId)) throw commonProblem('not-found')
  await accessLink(ctx.db, ctx.actor, linkId)
  ctx.liveClicks.greet(linkId)
}

/** Throws `not-found` alike for unknown links and for links with private statistics. */
async function joinShared(ctx: LinksContext, linkId: string): Promise<void> {
  const link = isId(linkId) ? await store.findLink(ctx.db, linkId) : undefined
  if (link?.has_public_stats !== true) throw commonProblem('not-found')
  ctx.liveClicks.greet(linkId)
}
