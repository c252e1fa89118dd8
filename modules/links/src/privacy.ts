/** What links keeps of people, how they get it, and how it goes. */
import type { links } from '@octet/contracts'
import { each, retain } from '@octet/db'
import type { Privacy } from '@octet/kernel'
import type { LinksContext } from './context.ts'
import * as privacyStore from './privacy-store.ts'
import { linkOf } from './rules.ts'
import * as store from './store.ts'

const stepMax = 1_000
const pageMax = 500

const codeStaysTaken = retain('a printed code must never lead to what somebody else put there', 'for-ever')

export const privacy: Privacy<typeof links, LinksContext> = {
  columns: {
    // Deleted links are emptied and stay, so that their codes stay taken.
    links: {
      ...each('delete', 'owner_id', 'url', 'title', 'tags', 'password_hash', 'is_example'),
      ...each('not-personal', 'id', 'expires_at', 'expired_at', 'clicks_max', 'clicks_used', 'version'),
      ...each('not-personal', 'created_at', 'updated_at', 'deleted_at'),
      code: codeStaysTaken,
      code_key: codeStaysTaken,
    },
    // Clicks carry neither address nor visitor; they are the owner's figures and go with the link.
    click_counts: each('delete', 'link_id', 'bucket', 'clicks', 'bots'),
    click_totals: each('delete', 'link_id', 'clicks', 'bots', 'last_clicked_at'),
    journal_positions: each('not-personal', 'journal_id', 'segment', 'offset'),
  },
  async *exportUser(ctx, userId) {
    yield { path: 'links.jsonl', rows: linksOf(ctx, userId) }
    yield { path: 'clicks.jsonl', rows: privacyStore.clicksOf(ctx.db, userId, pageMax) }
  },
  async eraseUser(ctx, tx, userId) {
    const ids = await privacyStore.someLinksOf(tx, userId, stepMax)
    const gone = await store.deleteLinks(tx, ids, new Date(ctx.now()).toISOString())
    for (const { id } of gone) await tx.publish('link-deleted', { linkId: id })
    return ids.length === stepMax ? 'more' : 'done'
  },
  verifyErased: ({ db }, userId) => privacyStore.countLinksOf(db, userId),
}

async function* linksOf(ctx: LinksContext, userId: string): AsyncIterable<object> {
  for await (const row of privacyStore.eachLinkOf(ctx.db, userId, pageMax)) yield linkOf(row, ctx.origin)
}
