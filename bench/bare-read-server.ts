/** The baseline of read: Fastify, the same driver and statement, the same JSON, and nothing else. */
import { links } from '@octet/contracts/links'
import { openPool, roleOf } from '@octet/db'
import fastify from 'fastify'

const connectionsMax = 8
const origin = process.env.OCTET_ORIGIN ?? ''
const sql = openPool(process.env.DATABASE_URL ?? '', { schema: 'links', role: roleOf('links'), connectionsMax })
const app = fastify()

app.get('/health/ready', async () => ({}))
app.get<{ Params: { id: string } }>(
  '/api/v1/links/:id',
  { schema: { response: { 200: links.operations.getLink.output } } },
  async ({ params }, reply) => {
    const [row] = await sql`
      select links.*, coalesce(click_totals.clicks, 0) as clicks
      from links left join click_totals on click_totals.link_id = links.id
      where links.id = ${params.id} and deleted_at is null`
    if (row === undefined) return reply.code(404).send()
    return {
      id: row.id,
      code: row.code,
      shortUrl: `${origin}/s/${row.code}`,
      url: row.url,
      title: row.title,
      tags: row.tags,
      expiresAt: row.expires_at,
      clicksMax: row.clicks_max,
      hasPassword: row.password_hash !== null,
      isExample: row.is_example,
      clicks: row.clicks,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      version: row.version,
    }
  },
)
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
