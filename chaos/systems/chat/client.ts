/** One account with the real client library, behind its own fault proxy; it records everything it receives. */
import { apiPrefix } from '@octet/contracts'
import { chat, type Message } from '@octet/contracts/chat'
import { createRealtimeClient, type EventOf, type RealtimeClient } from '@octet/realtime-client'
import { type TcpFault, tcpFault } from '../../wire/tcp-fault.ts'
import type { Session } from '../identity/sign-up.ts'
import type { Reader, RoomEvent, Said } from './room-oracle.ts'
import { type Frames, watchedSocket } from './socket.ts'

export interface ChatClient {
  readonly session: Session
  readonly live: RealtimeClient
  readonly wire: TcpFault
  readonly frames: Frames
  /** Messages sent by socket and by REST. */
  readonly said: readonly Said[]
  readers(): Reader[]
  follow(room: string): void
  /** Sends, edits or deletes a message, or reacts to one, over the socket. */
  act(room: string, dice: number): void
  /** Sends a message over REST, with as many attempts as that takes. Resolves with its `seq`; with 0 if refused. */
  say(room: string, text?: string): Promise<number>
  close(): Promise<void>
}

export interface ChatClientOptions {
  readonly session: Session
  readonly origins: readonly string[]
  /** The server of its first connection; the next ones follow in turn. */
  readonly firstServer: number
}

interface Reading {
  readonly spans: { readonly loadedSeq: number; readonly applied: RoomEvent[] }[]
  shown: Map<string, string>
}

interface State {
  readonly session: Session
  readonly readings: Map<string, Reading>
  readonly said: Said[]
  isClosed: boolean
}

const requestTimeoutMs = 3_000
const askAgainMs = 100
const askForMs = 60_000
const pageSize = 100

/** The visible part of a message. */
function look({ body, deletedAt, reactions }: Pick<Message, 'body' | 'deletedAt' | 'reactions'>): string {
  if (deletedAt !== null) return '(deleted)'
  return [body, ...reactions.map(({ emoji, count }) => `${emoji} ${count}`)].join(' ')
}

/** All messages of a room, and the `seq` up to which they are complete. */
export async function loadRoom(
  origin: string,
  token: string,
  room: string,
): Promise<{ readonly seq: number; readonly shown: Map<string, string> }> {
  const shown = new Map<string, string>()
  let [after, seq] = [0, -1]
  for (;;) {
    const answer = await fetch(`${origin}${apiPrefix}/chat/rooms/${room}/messages?limit=${pageSize}&after=${after}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    if (answer.status !== 200) throw new Error(`the room was answered ${answer.status}`)
    const page = (await answer.json()) as { data: Message[]; headSeq: number; hasNewer: boolean }
    for (const message of page.data) shown.set(message.id, look(message))
    // Events that happened while pages were read arrive again over the stream.
    if (seq === -1) seq = page.headSeq
    after = page.data.at(-1)?.seq ?? after
    if (!page.hasNewer) return { seq, shown }
  }
}

/** Opens a client that stays connected, to the server of its next attempt, until it is closed. */
export async function openChatClient(options: ChatClientOptions): Promise<ChatClient> {
  const { session, origins } = options
  let server = options.firstServer
  const originNow = () => origins[server % origins.length] ?? ''
  const wire = await tcpFault({ targetPort: () => Number(new URL(originNow()).port) })
  const frames: Frames = { connections: 0, replayed: 0, sends: new Map() }
  const live = createRealtimeClient({
    url() {
      server++
      return `ws://127.0.0.1:${wire.port}/realtime`
    },
    token: () => session.token,
    backoff: { baseMs: 30, maxMs: 500 },
    openSocket: url => watchedSocket(url, frames),
  })
  const state: State = { session, readings: new Map(), said: [], isClosed: false }
  const own: string[] = []
  live.connect()
  return {
    session,
    live,
    wire,
    frames,
    said: state.said,
    readers: () => [...state.readings].map(([room, reading]) => ({ client: session.name, room, ...reading })),
    follow(room) {
      const reading: Reading = { spans: [], shown: new Map() }
      state.readings.set(room, reading)
      live.stream(chat, 'room', room).follow({
        async load() {
          const { seq, shown } = await loadRoom(originNow(), session.token, room)
          reading.spans.push({ loadedSeq: seq, applied: [] })
          reading.shown = shown
          return { seq }
        },
        on: event => apply(reading, event),
      })
    },
    act(room, dice) {
      const stream = live.stream(chat, 'room', room)
      const messageId = own[Math.floor(dice * 1_000) % Math.max(1, own.length)]
      if (dice < 0.75 || messageId === undefined) {
        const entry = open(state, room, 'socket')
        stream.send('message', { body: `said ${entry.turn}` }, { cmid: entry.cmid }).sent.then(
          message => {
            entry.state = 'sent'
            own.push(message.id)
          },
          () => {
            entry.state = 'refused'
          },
        )
      } else if (dice < 0.85) stream.send('edit', { messageId, body: `edited ${dice}` })
      else if (dice < 0.93) stream.send('react', { messageId, emoji: '👍', on: dice < 0.91 })
      else stream.send('delete', { messageId })
    },
    say: (room, text) => say(state, `http://127.0.0.1:${wire.port}`, open(state, room, 'REST'), text),
    async close() {
      state.isClosed = true
      live.close()
      await wire.close()
    },
  }
}

function open({ session, said }: State, room: string, way: string): Said {
  const turn = said.length
  // A device numbers its sends; REST requests are in order because each waits for the previous one.
  const entry: Said = {
    client: `${session.name} by ${way}`,
    room,
    cmid: `${session.name}-${turn}`,
    turn,
    state: 'open',
  }
  said.push(entry)
  return entry
}

async function say(state: State, origin: string, entry: Said, text = `said ${entry.turn}`): Promise<number> {
  const { room, cmid } = entry
  const untilMs = performance.now() + askForMs
  while (!state.isClosed && performance.now() < untilMs) {
    const answer = await fetch(`${origin}${apiPrefix}/chat/rooms/${room}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${state.session.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ cmid, body: text }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    }).catch(() => undefined)
    // Only a complete body counts as an answer.
    const body = (await answer?.json().catch(() => undefined)) as { readonly seq?: number } | undefined
    if (answer !== undefined && body !== undefined && answer.status < 500 && answer.status !== 409) {
      entry.state = answer.status === 201 ? 'sent' : 'refused'
      return body.seq ?? 0
    }
    await new Promise(resolve => setTimeout(resolve, askAgainMs))
  }
  return 0
}

function apply(reading: Reading, event: EventOf<typeof chat, 'room'>): void {
  const { seq, id, type, cmid } = event
  reading.spans.at(-1)?.applied.push({ seq, id, type, cmid })
  if (event.type === 'message' || event.type === 'message-changed') reading.shown.set(event.body.id, look(event.body))
  if (event.type === 'message-deleted') reading.shown.set(event.body.messageId, '(deleted)')
}
