/**
 * The redirect as it is usually first written: a counter in the database, increased before the answer (`MODE=update`),
 * or in memory, saved now and then (`MODE=memory`). `GET /s/<n>` follows link n, `GET /counts` returns all counts.
 */
import { createServer } from 'node:http'
import { openPool } from '@octet/db'

const connectionsMax = 16
const flushEveryMs = 500

const sql = openPool(process.env.DATABASE_URL ?? '', { connectionsMax })
const inMemory = process.env.MODE === 'memory'
const unwritten = new Map<number, number>()

async function addClicks(link: number, clicks: number): Promise<void> {
  await sql`
    insert into naive_clicks as known (link, clicks) values (${link}, ${clicks})
    on conflict (link) do update set clicks = known.clicks + excluded.clicks`
}

async function count(link: number): Promise<void> {
  if (inMemory) unwritten.set(link, (unwritten.get(link) ?? 0) + 1)
  else await addClicks(link, 1)
}

async function flush(): Promise<void> {
  const batch = [...unwritten]
  unwritten.clear()
  for (const [link, clicks] of batch) await addClicks(link, clicks)
}

async function answer(path: string): Promise<{ status: number; location?: string; body?: string }> {
  if (path === '/health/ready') return { status: 200 }
  if (path === '/counts') {
    const rows = await sql<{ link: number; clicks: number }[]>`select link, clicks from naive_clicks order by link`
    return { status: 200, body: JSON.stringify(rows) }
  }
  const link = Number(path.slice('/s/'.length))
  await count(link)
  return { status: 302, location: `https://example.org/${link}` }
}

if (inMemory) setInterval(() => flush().catch(error => console.error(error)), flushEveryMs)

createServer((request, response) => {
  answer(request.url ?? '').then(
    ({ status, location, body = '' }) => {
      const length = { 'content-length': Buffer.byteLength(body) }
      response.writeHead(status, location === undefined ? length : { location, ...length })
      response.end(body)
    },
    (error: Error) => {
      response.writeHead(500, { 'content-length': Buffer.byteLength(error.message) })
      response.end(error.message)
    },
  )
}).listen(Number(process.env.PORT), '127.0.0.1')
