/** The baseline of read: Fastify with the same driver, statement and JSON, and nothing else. */
import { type Link, links } from '@octet/contracts/links'
import { openPool, roleOf } from '@octet/db'
import fastify from 'fastify'

/** The link of the bench: new, on the installation's own host, without any extra. */
type Row = Pick<Link, 'id' | 'code' | 'url' | 'title' | 'tags' | 'clicks' | 'version'> & {
  readonly created_at: string
  readonly updated_at: string
}

const connectionsMax = 8
const origin = process.env.OCTET_ORIGIN ?? ''
const sql = openPool(process.env.DATABASE_URL ?? '', { schema: 'links', role: roleOf('links'), connectionsMax })
const app = fastify()

app.get('/health/ready', async () => ({}))
app.get<{ Params: { id: string } }>(
  '/api/v1/links/:id',
  { schema: { response: { 200: links.operations.getLink.output } } },
  async ({ params }, reply) => {
    const [row] = await sql<Row[]>`
      select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
      from links
      left join click_totals on click_totals.link_id = links.id
      left join domains on domains.id = links.domain_id
      where links.id = ${params.id} and deleted_at is null`
    return row === undefined ? reply.code(404).send() : linkOf(row)
  },
)
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })

/** Typed by the contract, so that a new field breaks the types instead of the bench. */
function linkOf(row: Row): Link {
  return {
    id: row.id,
    code: row.code,
    shortUrl: `${origin}/s/${row.code}`,
    domain: null,
    url: row.url,
    title: row.title,
    tags: row.tags,
    folderId: null,
    archivedAt: null,
    expiresAt: null,
    clicksMax: null,
    hasPassword: false,
    hasRouting: false,
    hasPublicStats: false,
    isExample: false,
    clicks: row.clicks,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}
