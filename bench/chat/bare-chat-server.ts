/**
 * The baseline of chat-send: a bare WebSocket server that inserts a row, answers, and sends the message to all its
 * sockets.
 */
import { createServer } from 'node:http'
import { openPool } from '@octet/db'
import { type WebSocket, WebSocketServer } from 'ws'

const connectionsMax = 8
const sql = openPool(process.env.DATABASE_URL ?? '', { connectionsMax })
await sql`
  create table if not exists bare_messages (id bigint generated always as identity primary key, cmid text, body text)`
const http = createServer((_request, response) => response.end('{}')) // /health/ready
const wss = new WebSocketServer({ server: http, perMessageDeflate: false })
const rooms = new Map<string, Set<WebSocket>>()

wss.on('connection', socket => {
  let stream = ''
  socket.on('message', async data => {
    const frame = JSON.parse(String(data)) as { t: string; cmid: string; stream: string; body: { body: string } }
    if (frame.t === 'sub') {
      stream = frame.stream
      rooms.set(stream, (rooms.get(stream) ?? new Set()).add(socket))
      socket.send(JSON.stringify({ t: 'subscribed', stream }))
      return
    }
    const { cmid, body } = frame
    const [row] = await sql<{ id: number }[]>`
      insert into bare_messages (cmid, body) values (${cmid}, ${body.body}) returning id`
    socket.send(JSON.stringify({ t: 'sent', cmid, output: { id: row?.id } }))
    const event = JSON.stringify({ t: 'event', stream, seq: row?.id, cmid, body })
    for (const other of rooms.get(stream) ?? []) other.send(event)
  })
  socket.on('close', () => rooms.get(stream)?.delete(socket))
})
http.listen(Number(process.env.PORT), '127.0.0.1')
