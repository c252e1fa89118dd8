/** A client's sockets, with a record of their frames. */
import type { ClientFrame, ServerFrame } from '@octet/contracts'
import type { SocketLike } from '@octet/realtime-client'

/** One transmission of a message. */
export interface Attempt {
  readonly atMs: number
  /** Temporarily refused, so it had no effect. Without this flag and without `sent` the effect is unknown. */
  isUndone: boolean
}

export interface Frames {
  connections: number
  /** Events that were replayed from the log. */
  replayed: number
  readonly sends: Map<string, Attempt[]>
}

/** Codes that guarantee no effect; others (`unavailable`) may follow a commit. */
const undone = ['out-of-turn', 'rate-limited', 'idempotency-in-flight']

/** Opens a socket. */
export function watchedSocket(url: string, frames: Frames): SocketLike {
  const socket = new WebSocket(url)
  frames.connections++
  socket.addEventListener('message', ({ data }) => seeReceived(frames, JSON.parse(String(data)) as ServerFrame))
  return {
    send(text) {
      socket.send(text)
      seeSent(frames, JSON.parse(text) as ClientFrame)
    },
    close: (code, reason) => socket.close(code, reason),
    addEventListener: (type, listener) => socket.addEventListener(type, listener as never),
  }
}

function seeSent(frames: Frames, frame: ClientFrame): void {
  if (frame.t !== 'send') return
  const attempts = frames.sends.get(frame.cmid) ?? []
  attempts.push({ atMs: Date.now(), isUndone: false })
  frames.sends.set(frame.cmid, attempts)
}

function seeReceived(frames: Frames, frame: ServerFrame): void {
  if (frame.t === 'events') frames.replayed += frame.list.length
  if (frame.t !== 'err' || !undone.includes(frame.code)) return
  const last = frames.sends.get(frame.ref)?.at(-1)
  if (last !== undefined) last.isUndone = true
}
