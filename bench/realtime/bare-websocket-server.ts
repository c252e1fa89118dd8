/** The baseline of the realtime benches: only `ws`. A message goes to all sockets of the room. */
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const rooms = new Map<string, Set<WebSocket>>()
const http = createServer((_request, response) => response.end('{}'))
const server = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: 16 * 1024 })

server.on('connection', socket => {
  let room = new Set<WebSocket>()
  socket.on('message', data => {
    const text = String(data)
    if (text.startsWith('join ')) {
      room = rooms.get(text) ?? new Set()
      rooms.set(text, room)
      room.add(socket)
      socket.send('{"t":"subscribed"}')
    } else {
      const event = `{"t":"event","body":${JSON.stringify(text)}}`
      for (const other of room) other.send(event)
    }
  })
  socket.on('close', () => room.delete(socket))
})
http.listen(Number(process.env.PORT), '127.0.0.1')
