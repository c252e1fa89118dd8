/** Rooms of a real Octet, and the frames by which a connection subscribes to one. */
import { chat } from '@octet/contracts/chat'
import { signUp } from '@octet/identity/testing'
import { httpClient } from '@octet/testkit'
import { WebSocket } from 'ws'

const owners = 5

export interface OpenRooms {
  readonly stream: (room: number) => string
  readonly frames: (connections: number) => string[][]
  /** A user who may send in each of their own rooms: room i belongs to owner i % 5. */
  readonly tokens: readonly string[]
}

/** `count` rooms of five people; a connection of each room belongs to its owner. */
export async function openRooms(origin: string, count: number): Promise<OpenRooms> {
  const tokens = await Promise.all(Array.from({ length: owners }, () => signUp(origin)))
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const mine = httpClient(origin).client(chat, { token: tokens[index % owners] ?? '' })
    ids.push((await mine.createRoom({ name: `Room ${crypto.randomUUID()}` })).id)
  }
  const stream = (room: number) => `chat:room:${ids[room % count]}`
  return {
    stream,
    tokens,
    frames: connections =>
      Array.from({ length: Math.min(connections, Math.max(count, owners)) }, (_, index) => [
        JSON.stringify({ t: 'hello', v: 1, token: tokens[(index % count) % owners], device: `device-${index}` }),
        JSON.stringify({ t: 'sub', streams: { [stream(index)]: null } }),
      ]),
  }
}

export interface Speaker {
  say(stream: string, text: string): void
  close(): void
}

/** Sends over its own socket, as the chat page does. */
export async function openSpeaker(origin: string, token: string, device = 'speaker'): Promise<Speaker> {
  const socket = new WebSocket(liveUrl(origin), { perMessageDeflate: false })
  const welcome = new Promise<void>((resolve, reject) => {
    socket.once('message', () => resolve())
    socket.once('error', reject)
  })
  socket.once('open', () => socket.send(JSON.stringify({ t: 'hello', v: 1, token, device })))
  await welcome
  const numbers = new Map<string, number>()
  return {
    say(stream, text) {
      const csn = (numbers.get(stream) ?? 0) + 1
      numbers.set(stream, csn)
      const cmid = crypto.randomUUID()
      socket.send(JSON.stringify({ t: 'send', stream, cmid, csn, type: 'message', body: { body: text } }))
    },
    close: () => socket.terminate(),
  }
}

export function liveUrl(origin: string): string {
  return `${origin.replace('http', 'ws')}/realtime`
}
