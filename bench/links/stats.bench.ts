/** Statistics of a link with ten million clicks, requested by its owner. */
import { join } from 'node:path'
import { links } from '@octet/contracts/links'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLinks } from '@octet/links/testing'
import { createLog } from '@octet/observe'
import { httpClient } from '@octet/testkit'
import type { Experiment } from '../experiment.ts'
import { median } from '../load/latency.ts'
import { startOctet, withTempDir } from '../octet.ts'

const clicksTotal = 10_000_000
const days = 366

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'links-stats',
  shows: `statistics of a link with ${clicksTotal} clicks over ${days} days, every dimension full, by day and by hour`,
  cores: 'split',
  goals: [
    { of: 'yearMs', atMost: 100 },
    { of: 'monthMs', atMost: 100 },
    { of: 'hoursMs', atMost: 100 },
  ],
  run: options =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      try {
        const environment = { DATABASE_URL: postgres.url }
        const octet = await startOctet({ dataDir: join(dir, 'octet'), launcher: options.cores.server, environment })
        try {
          const token = await signUp(octet.origin)
          const [link, empty] = await createLinks(octet.origin, token, 2)
          options.say('writing the rows that ten million clicks leave')
          await fillClicks(postgres.url, link?.id ?? '')
          const mine = httpClient(octet.origin).client(links, { token })
          const timed = async (id: string, query: { days: number; interval?: 'hour' | 'day' | 'week' }) => {
            const times: number[] = []
            for (let round = 0; round < options.pick({ short: 2, normal: 15, long: 50 }); round++) {
              const startedMs = performance.now()
              await mine.getLinkStats({ id, timeZone: 'Europe/Berlin', ...query })
              times.push(performance.now() - startedMs)
            }
            return median(times)
          }
          const { id } = link ?? { id: '' }
          const yearMs = await timed(id, { days })
          const emptyMs = await timed(empty?.id ?? '', { days })
          return {
            baseline: 'a link without clicks: same request, same server',
            metrics: {
              clicks: (await mine.getLinkStats({ id, days: 1 })).clicks,
              yearMs,
              monthMs: await timed(id, { days: 30 }),
              hoursMs: await timed(id, { days: 31, interval: 'hour' }),
              emptyMs,
            },
            ratios: { yearOfEmpty: yearMs / emptyMs },
          }
        } finally {
          await octet.stop()
        }
      } finally {
        await postgres.stop()
      }
    }),
}

/**
 * The rows are generated, not counted click by click: every quarter of an hour of the year, and every day. Each
 * dimension has as many values as counting keeps (click.ts), or as exist for countries, devices and systems.
 */
async function fillClicks(databaseUrl: string, linkId: string): Promise<void> {
  const quarters = days * 96
  const perDay = Math.ceil(clicksTotal / days)
  const pool = openPool(databaseUrl, { schema: 'links', connectionsMax: 1 })
  try {
    await pool`
      insert into click_counts (link_id, bucket, clicks, bots)
      select ${linkId}, date_bin('15 minutes', now(), 'epoch') - number * interval '15 minutes',
             ${Math.ceil(clicksTotal / quarters)}, 3
      from generate_series(0, ${quarters - 1}) as number`
    await pool`
      insert into click_days (link_id, day, clicks, bots, breakdowns, visitors)
      select ${linkId}, current_date - number, ${perDay}, 288,
             (select jsonb_object_agg(dimension, counts)
              from unnest(
                     array['country', 'city', 'device', 'browser', 'system', 'referrer', 'utmSource', 'utmMedium',
                           'utmCampaign', 'variant'],
                     array[120, 50, 5, 20, 7, 50, 50, 50, 50, 30]) as d (dimension, size),
                   lateral (select jsonb_object_agg('value ' || value || ' of some length', 273 + value) as counts
                            from generate_series(1, size) as value) as counted),
             20000
      from generate_series(0, ${days - 1}) as number`
    await pool`
      insert into click_totals (link_id, clicks, bots, last_clicked_at)
      values (${linkId}, ${clicksTotal}, 100000, now())`
    await pool`analyze`
  } finally {
    await pool.end({ timeout: 5 })
  }
}
