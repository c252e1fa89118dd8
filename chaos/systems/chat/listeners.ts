/** Plain sockets that subscribe to a room and record every frame. */
import type { ServerFrame } from '@octet/contracts'
import type { Heard } from '../../oracles/access.ts'

export interface ListenerSocket {
  readonly name: string
  readonly server: number
  readonly heard: readonly Heard[]
  /** Sequence numbers of the room's events, in order of arrival. */
  readonly seqs: readonly number[]
  /** The close code, once the socket is closed. */
  closeCode(): number | undefined
  relay(): void
  close(): void
}

export interface ListenerOptions {
  readonly origin: string
  readonly server: number
  readonly name: string
  readonly token: string
  readonly stream: string
}

const openTimeoutMs = 15_000

/** Resolves when the subscription is confirmed. */
export async function openListener({ origin, server, name, token, stream }: ListenerOptions): Promise<ListenerSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/realtime`)
  const heard: Heard[] = []
  const seqs: number[] = []
  let closeCode: number | undefined
  const live = Promise.withResolvers<void>()
  const timer = setTimeout(() => live.reject(new Error(`${name} is not subscribed at server ${server}`)), openTimeoutMs)
  const hello = JSON.stringify({ t: 'hello', v: 1, token, streams: { [stream]: null } })
  socket.addEventListener('open', () => socket.send(hello))
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as ServerFrame
    if (frame.t === 'subscribed') live.resolve()
    if (frame.t === 'err') live.reject(new Error(`${name} at server ${server}: ${JSON.stringify(frame)}`))
    heard.push(...heardIn(frame).map(each => ({ ...each, subject: name, server })))
    if (frame.t === 'event') seqs.push(frame.seq)
    if (frame.t === 'events') seqs.push(...frame.list.map(({ seq }) => seq))
  })
  socket.addEventListener('close', ({ code }) => {
    closeCode = code
    live.reject(new Error(`${name} was closed with ${code}`))
  })
  try {
    await live.promise
  } finally {
    clearTimeout(timer)
  }
  return {
    name,
    server,
    heard,
    seqs,
    closeCode: () => closeCode,
    relay() {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(JSON.stringify({ t: 'relay', stream, type: 'typing', body: { on: true } }))
    },
    close: () => socket.close(),
  }
}

/** A durable event is as old as its commit; every other frame is as old as its arrival. */
function heardIn(frame: ServerFrame): Pick<Heard, 'what' | 'atMs'>[] {
  if (frame.t === 'event') return [{ what: 'event', atMs: Date.parse(frame.at) }]
  if (frame.t === 'events') return frame.list.map(({ at }) => ({ what: 'event', atMs: Date.parse(at) }))
  return [{ what: frame.t, atMs: Date.now() }]
}
