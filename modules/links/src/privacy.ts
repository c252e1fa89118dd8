/** The personal data links keeps, how it is exported, and how it is erased. */
import type { links } from '@octet/contracts/links'
import { each, retain } from '@octet/db'
import type { Privacy } from '@octet/kernel'
import { listTemplates } from './campaigns/store.ts'
import type { LinksContext } from './context.ts'
import { domainOf } from './domains/rules.ts'
import * as domainStore from './domains/store.ts'
import * as listStore from './manage/list-store.ts'
import { linkOf } from './manage/rules.ts'
import * as store from './manage/store.ts'
import * as organizeStore from './organize/store.ts'
import * as privacyStore from './privacy-store.ts'

const stepMax = 1_000
const pageMax = 500

const codeStaysTaken = retain('a printed code must never lead to a destination that another account chose', 'for-ever')

export const privacy: Privacy<typeof links, LinksContext> = {
  columns: {
    // Deleted links are emptied and stay, so that their codes stay taken.
    links: {
      ...each(
        'delete',
        'owner_id',
        'url',
        'title',
        'tags',
        'password_hash',
        'is_example',
        'folder_id',
        'archived_at',
        'routing',
      ),
      domain_id: codeStaysTaken,
      ...each('not-personal', 'id', 'expires_at', 'expired_at', 'clicks_max', 'clicks_used', 'version'),
      has_public_stats: 'not-personal',
      ...each('not-personal', 'created_at', 'updated_at', 'deleted_at'),
      code: codeStaysTaken,
      code_key: codeStaysTaken,
    },
    folders: each('delete', 'id', 'owner_id', 'name', 'created_at'),
    utm_templates: each('delete', 'id', 'owner_id', 'name', 'utm', 'created_at'),
    domains: each(
      'delete',
      'id',
      'owner_id',
      'host',
      'landing_url',
      'token',
      'verified_at',
      'looked_at',
      'missing_since',
      'created_at',
    ),
    webhook_clicks: each('delete', 'webhook_id', 'link_id', 'clicks', 'bots', 'first_at', 'last_at'),
    // Counts of clicks are the owner's figures and go with the link. A visitor is a hash with a salt of the day: the
    // salt goes when the day is over, the hashes two days later, in the journal with its segment.
    click_counts: each('delete', 'link_id', 'bucket', 'clicks', 'bots'),
    click_totals: each('delete', 'link_id', 'clicks', 'bots', 'last_clicked_at'),
    click_days: each('delete', 'link_id', 'day', 'clicks', 'bots', 'breakdowns', 'visitors', 'sketch'),
    click_watches: each('delete', 'link_id', 'until', 'recent'),
    visitor_salts: each('not-personal', 'day', 'salt'),
    journal_positions: each('not-personal', 'journal_id', 'segment', 'offset'),
  },
  async *exportUser(ctx, userId) {
    yield { path: 'links.jsonl', rows: linksOf(ctx, userId) }
    yield { path: 'folders.jsonl', rows: await organizeStore.listFolders(ctx.db, userId) }
    yield { path: 'utm-templates.jsonl', rows: await listTemplates(ctx.db, userId) }
    yield { path: 'domains.jsonl', rows: (await domainStore.listDomains(ctx.db, userId)).map(domainOf) }
    yield { path: 'clicks.jsonl', rows: privacyStore.clicksOf(ctx.db, userId, pageMax) }
  },
  async eraseUser(ctx, tx, userId) {
    const ids = await privacyStore.someLinksOf(tx, userId, stepMax)
    const gone = await store.deleteLinks(tx, ids, new Date(ctx.now()).toISOString())
    for (const { id } of gone) await tx.publish('link-deleted', { linkId: id })
    if (ids.length === stepMax) return 'more'
    await privacyStore.deleteBelongings(tx, userId)
    return 'done'
  },
  verifyErased: ({ db }, userId) => privacyStore.countLinksOf(db, userId),
}

async function* linksOf(ctx: LinksContext, userId: string): AsyncIterable<object> {
  for await (const row of listStore.eachLinkOf(ctx.db, userId, pageMax)) yield linkOf(row, ctx.origin)
}
