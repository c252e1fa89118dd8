/** Clients that talk and listen through the client library, on connections that fail. */
import { chat } from '@octet/contracts/chat'
import { createRealtimeClient, type RealtimeClient, type SocketEvent, type SocketLike } from '@octet/realtime-client'
import { WebSocket } from 'ws'
import type { Account } from '../../cluster/installation.ts'
import type { Heard, Told } from '../../oracles/live.ts'

export interface CrowdOptions {
  readonly roomId: string
  readonly people: readonly Account[]
  readonly devicesEach: number
  /** The server of each next connection. */
  readonly urls: readonly string[]
  readonly random: () => number
  /** The share of event frames that never reach a client although its socket works. */
  readonly lossShare: number
  /** The mutant: clients that do not repair gaps. */
  readonly isCareless?: boolean
}

export interface Member {
  readonly name: string
  readonly client: RealtimeClient
  readonly heard: Heard[]
  readonly told: (Told & { seq?: number })[]
  readonly reconnects: () => number
  say(text: string): Promise<void>
}

export interface Crowd {
  readonly members: readonly Member[]
  lost(): number
  close(): void
}

export function openCrowd({ roomId, people, devicesEach, urls, random, lossShare, isCareless }: CrowdOptions): Crowd {
  let lost = 0
  const isLost = (text: string) => {
    const isNews = text.startsWith('{"t":"event') && !text.includes('"rid"')
    if (!isNews || random() >= lossShare) return false
    lost++
    return true
  }
  const members: Member[] = []
  for (const { token, userId } of people) {
    for (let device = 0; device < devicesEach; device++) {
      let turn = members.length
      let opened = 0
      const client = createRealtimeClient({
        url: () => urls[turn++ % urls.length] as string,
        token: () => token,
        openSocket(url) {
          opened++
          return leaky(new WebSocket(url, { perMessageDeflate: false }), isLost, isCareless === true)
        },
        backoff: { baseMs: 50, maxMs: 400 },
        random,
      })
      members.push(memberOf(client, { roomId, name: `${userId.slice(-4)}/${device}`, reconnects: () => opened - 1 }))
    }
  }
  return {
    members,
    lost: () => lost,
    close() {
      for (const { client } of members) client.close()
    },
  }
}

interface MemberParts {
  readonly roomId: string
  readonly name: string
  readonly reconnects: () => number
}

function memberOf(client: RealtimeClient, { roomId, name, reconnects }: MemberParts): Member {
  const room = client.stream(chat, 'room', roomId)
  const heard: Heard[] = []
  const told: (Told & { seq?: number })[] = []
  room.follow({
    from: { epoch: '', seq: 0 },
    on({ seq, id, type, cmid, body }) {
      heard.push({ seq, id, type, cmid, text: type === 'message' ? body.body : undefined })
    },
  })
  client.connect()
  return {
    name,
    client,
    heard,
    told,
    reconnects,
    async say(text) {
      const { cmid, sent } = room.send('message', { body: text })
      const entry: Told & { seq?: number } = { device: name, cmid, text }
      told.push(entry)
      entry.seq = (await sent).seq
    },
  }
}

/** A socket that loses some of its frames and, for the mutant, every frame that would repair the loss. */
function leaky(socket: WebSocket, isLost: (text: string) => boolean, isCareless: boolean): SocketLike {
  return {
    send: data => (isCareless && data.startsWith('{"t":"sync"') ? undefined : socket.send(data)),
    close: (code, reason) => (socket.readyState === WebSocket.OPEN ? socket.close(code, reason) : socket.terminate()),
    addEventListener(type, listener) {
      const hear = (event: SocketEvent) => {
        if (type !== 'message' || !isLost(String(event.data))) listener(event)
      }
      socket.addEventListener(type as 'message', hear as never)
    },
  }
}
