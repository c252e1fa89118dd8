import { requireUser } from '@octet/contracts'
import type { Link } from '@octet/contracts/links'
import { byteOrderMark, csvLine } from '@octet/csv'
import type { LinksContext } from '../context.ts'
import { eachLinkOf } from '../manage/list-store.ts'
import { linkOf } from '../manage/rules.ts'

const pageMax = 500

/** Column name → value of a link. Columns that can be imported again use the names the import knows. */
const columns: readonly (readonly [string, (link: Link) => string | number | null])[] = [
  ['url', link => link.url],
  ['alias', link => link.code],
  ['domain', link => link.domain],
  ['short_url', link => link.shortUrl],
  ['title', link => link.title],
  ['tags', link => link.tags.join('|')],
  ['expires_at', link => link.expiresAt],
  ['clicks_max', link => link.clicksMax],
  ['clicks', link => link.clicks],
  ['archived_at', link => link.archivedAt],
  ['created_at', link => link.createdAt],
  ['id', link => link.id],
]

/** All of the caller's links, oldest first, page by page: neither a connection nor the whole file is held. */
export async function* exportLinks(ctx: LinksContext, { bom = false }: { bom?: boolean }): AsyncGenerator<string> {
  const { userId } = requireUser(ctx.actor)
  let text = (bom ? byteOrderMark : '') + csvLine(columns.map(([name]) => name))
  let rows = 0
  for await (const row of eachLinkOf(ctx.db, userId, pageMax)) {
    const link = linkOf(row, ctx.origin)
    text += csvLine(columns.map(([, read]) => read(link)))
    if (++rows % pageMax !== 0) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}
