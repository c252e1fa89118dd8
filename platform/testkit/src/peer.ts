/** A client that says exactly what a test tells it to and remembers every frame. */
import type { ClientFrame, ServerFrame } from '@octet/contracts'
import { WebSocket } from 'ws'
import type { TestApp } from './app.ts'
import { defer, type Test } from './cleanup.ts'

type FrameOf<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>

export interface Peer {
  readonly socket: WebSocket
  readonly frames: ServerFrame[]
  /** Close code, once closed. */
  readonly closed: Promise<number>
  send(frame: ClientFrame): void
  /** The first frame of this type that fits, come or to come; each frame is given once. */
  next<T extends ServerFrame['t']>(t: T, fits?: (frame: FrameOf<T>) => boolean): Promise<FrameOf<T>>
  close(): void
}

const waitMs = 60_000

/** Makes the app listen and its streams live; the address of its endpoint. */
export async function listen(app: TestApp): Promise<string> {
  const address = await app.http.listen({ host: '127.0.0.1', port: 0 })
  app.runtime.hub.start()
  return `${address.replace('http', 'ws')}/realtime`
}

/** Opens a socket without sending anything. */
export async function openPeer(t: Test, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Peer> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  const frames: ServerFrame[] = []
  let news = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<number>()
  socket.on('message', data => {
    frames.push(JSON.parse(String(data)) as ServerFrame)
    news.resolve()
    news = Promise.withResolvers()
  })
  socket.on('close', code => closed.resolve(code))
  defer(t, async () => socket.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  return {
    socket,
    frames,
    closed: closed.promise,
    send: frame => socket.send(JSON.stringify(frame)),
    async next<T extends ServerFrame['t']>(t: T, fits: (frame: FrameOf<T>) => boolean = () => true) {
      const deadline = AbortSignal.timeout(waitMs)
      for (;;) {
        const index = frames.findIndex(frame => frame.t === t && fits(frame as FrameOf<T>))
        if (index >= 0) return frames.splice(index, 1)[0] as FrameOf<T>
        if (deadline.aborted) throw new Error(`no ${t} came; there were ${JSON.stringify(frames).slice(0, 2_000)}`)
        await Promise.race([news.promise, new Promise(resolve => setTimeout(resolve, 100))])
      }
    },
    close: () => socket.close(),
  }
}

/** The same, signed in. */
export async function signIn(t: Test, url: string, token: string, device?: string): Promise<Peer> {
  const peer = await openPeer(t, url)
  peer.send({ t: 'hello', v: 1, token, ...(device === undefined ? {} : { device }) })
  await peer.next('welcome')
  return peer
}
