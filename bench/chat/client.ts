/** A chat client for load: sends messages, and records when each is acknowledged and when it reaches the others. */
import { once } from 'node:events'
import type { ServerFrame } from '@octet/contracts'
import { WebSocket } from 'ws'
import type { LatencyRecorder } from '../load/latency.ts'

/** Shared by all clients of a run: when each message was sent, and where its times are recorded. */
export interface Board {
  readonly sentAtMs: Map<string, number>
  readonly acknowledged: LatencyRecorder
  readonly delivered: LatencyRecorder
  refused: number
}

export interface ChatClient {
  /** Its cmids are `<name>-<number>`. */
  readonly name: string
  /** Resolves when it is acknowledged. */
  say(text: string): Promise<void>
  close(): void
}

export interface ChatClientOptions {
  readonly url: string
  readonly stream: string
  /** Absent: a server without authentication. */
  readonly token?: string
  readonly board: () => Board
}

let clients = 0

/** Connects and subscribes to the stream. */
export async function openChatClient({ url, stream, token, board }: ChatClientOptions): Promise<ChatClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  const name = `client-${process.pid}-${++clients}`
  const waiting = new Map<string, () => void>()
  const ready = Promise.withResolvers<void>()
  const sendFrame = (frame: object) => socket.send(JSON.stringify(frame))
  socket.on('message', data => {
    const frame = JSON.parse(String(data)) as ServerFrame
    const nowMs = performance.now()
    if (frame.t === 'welcome') sendFrame({ t: 'sub', streams: { [stream]: null } })
    else if (frame.t === 'subscribed') ready.resolve()
    else if (frame.t === 'sent' || frame.t === 'err') {
      const cmid = frame.t === 'sent' ? frame.cmid : frame.ref
      const { acknowledged, sentAtMs } = board()
      if (frame.t === 'sent') acknowledged.record(nowMs - (sentAtMs.get(cmid) ?? nowMs))
      else board().refused++
      waiting.get(cmid)?.()
      waiting.delete(cmid)
    } else if (frame.t === 'event' && frame.cmid !== undefined && !frame.cmid.startsWith(`${name}-`)) {
      // Its own messages come back too; only those of others count as delivered.
      const sentMs = board().sentAtMs.get(frame.cmid)
      if (sentMs !== undefined) board().delivered.record(nowMs - sentMs)
    }
  })
  if (token === undefined) sendFrame({ t: 'sub', stream })
  else sendFrame({ t: 'hello', v: 1, token, device: name })
  await ready.promise
  let csn = 0
  return {
    name,
    async say(text) {
      const cmid = `${name}-${++csn}`
      const answered = Promise.withResolvers<void>()
      waiting.set(cmid, answered.resolve)
      board().sentAtMs.set(cmid, performance.now())
      sendFrame({ t: 'send', cmid, csn, stream, type: 'message', body: { body: text } })
      await answered.promise
    },
    close: () => socket.terminate(),
  }
}
