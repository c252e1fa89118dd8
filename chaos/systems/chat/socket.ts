/** A client's sockets, with a note of what went over them. */
import type { ClientFrame, ServerFrame } from '@octet/contracts'
import type { SocketLike } from '@octet/realtime-client'

/** One time that a message left the client. */
export interface Attempt {
  readonly atMs: number
  /** Refused for now, so nothing was done. Without it, and without `sent`, nobody knows. */
  isUndone: boolean
}

export interface Frames {
  connections: number
  /** Events that came as part of the log, not when they happened. */
  replayed: number
  readonly sends: Map<string, Attempt[]>
}

/** Answers after which nothing was done; others (`unavailable`) may follow a commit. */
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
