/** The hot queries of links on a large installation. `npm run plans -- links` prints how they run. */
import { setTimeout as delay } from 'node:timers/promises'
import { links } from '@octet/contracts/links'
import { newId, type Sql } from '@octet/db'
import { fillTables, plansOf, type QueryPlan, type Test, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const owner = newId()
const linksMax = 20_000

/** Links of 200 owners, a hundred each, with clicks; owners have domains, and webhooks for all but clicks. */
async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into links (id, owner_id, code, code_key, url, tags, expires_at, created_at, updated_at)
    select gen_random_uuid(), case when n % 200 = 0 then ${owner}::uuid else md5((n % 200)::text)::uuid end,
           'k' || n, 'k' || n, 'https://example.org/' || n, array['tag' || n % 10],
           case when n % 100 = 1 then now() + interval '1 day' end, now() - n * interval '1 minute', now()
    from generate_series(1, ${linksMax}::int) as n`
  await sql`insert into click_totals select id, 9, 1, now() from links`
  await sql`
    insert into click_counts
    select id, date_trunc('hour', now()) - n * interval '6 hours', 3, 1
    from links, generate_series(1, 3) as n`
  await sql`
    insert into domains (id, owner_id, host, token, verified_at, created_at)
    select gen_random_uuid(), md5((n % 200)::text)::uuid, 'go' || n || '.example.org', 'x', now(), now()
    from generate_series(1, 2000) as n`
  await sql`
    insert into webhooks (id, owner_id, url, description, events, secret, created_at, updated_at)
    select gen_random_uuid(), md5((n % 200)::text)::uuid, 'https://example.org', '', '{link.created}', '', now(), now()
    from generate_series(1, 5000) as n`
  await sql`
    insert into click_days select id, current_date - n, 3, 1, '{}', 2, null from links, generate_series(0, 3) as n`
}

/** Fills a database and explains what the use cases ask. */
export async function plans(t: Test): Promise<QueryPlan[]> {
  const app = await testApp(t, { modules: [linksModule], fakes: { identity: {} } })
  const db = app.db('links')
  await fillTables(db, fill)
  const mine = app.client(links, { token: app.as(owner) })
  const link = await mine.createLink({ url: 'https://example.org/mine' })
  const limited = await mine.createLink({ url: 'https://example.org/limited', clicksMax: 5 })
  const visit = (code: string) => app.http.inject({ url: `/s/${code}` })
  const counted = async () => {
    await visit(link.code)
    for (let clicks = 0; clicks === 0; await delay(20)) {
      const stats = await mine.getLinkStats({ id: link.id })
      clicks = stats.clicks + stats.botClicks
    }
  }
  return plansOf([db], {
    'redirect of a link that is not in the cache': () => visit(link.code),
    'redirect of a link with a click limit': () => visit(limited.code),
    'first page of the links': () => mine.listLinks({}),
    'next page of the links': async () => {
      const { meta } = await mine.listLinks({ limit: 5 })
      await mine.listLinks({ limit: 5, cursor: meta.nextCursor ?? '' })
    },
    'one link': () => mine.getLink({ id: link.id }),
    'create a link': () => mine.createLink({ url: 'https://example.org/new' }),
    'change a link': () => mine.updateLink({ id: link.id, title: 'other' }),
    'count clicks': counted,
    'statistics of a link': () => mine.getLinkStats({ id: link.id }),
  })
}
