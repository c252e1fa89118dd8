/** Thousands of listening sockets in a separate process. They record when each received message was sent. */
import { type ClientOptions, WebSocket } from 'ws'
import { latencyRecorder } from '../load/latency.ts'
import type { CrowdAnswer, CrowdOrder } from './crowd.ts'

const openingMax = 50
const openTimeoutMs = 60_000
const options: ClientOptions = { perMessageDeflate: false, skipUTF8Validation: true }
const sockets: WebSocket[] = []
let latencies = latencyRecorder()
let heard = 0

/** `@123.456@` in a message: the time it was sent, by the machine's own clock. */
function note(data: unknown): void {
  const text = String(data)
  const start = text.indexOf('@')
  if (start < 0 || !text.startsWith('{"t":"event')) return
  heard++
  const saidMs = Number(text.slice(start + 1, text.indexOf('@', start + 1)))
  latencies.record(Number(process.hrtime.bigint()) / 1e6 - saidMs)
}

function open(url: string, frames: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options)
    const timer = setTimeout(() => reject(new Error('a connection took too long')), openTimeoutMs)
    const [hello = '', ...rest] = frames
    socket.once('open', () => socket.send(hello))
    socket.on('error', reject)
    socket.on('message', note)
    const begin = (data: unknown) => {
      const text = String(data)
      if (text.startsWith('{"t":"welcome"')) for (const frame of rest) socket.send(frame)
      if (!text.startsWith('{"t":"subscribed"')) return
      clearTimeout(timer)
      socket.off('message', begin)
      resolve()
    }
    socket.on('message', begin)
    sockets.push(socket)
  })
}

async function openAll({ url, frames, count }: Extract<CrowdOrder, { kind: 'open' }>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await open(url, frames[next++ % frames.length] ?? [])
  }
  await Promise.all(Array.from({ length: Math.min(openingMax, count) }, worker))
}

async function obey(order: CrowdOrder): Promise<CrowdAnswer> {
  switch (order.kind) {
    case 'open':
      await openAll(order)
      return { kind: 'done' }
    case 'forget':
      latencies = latencyRecorder()
      heard = 0
      return { kind: 'done' }
    case 'report':
      return { kind: 'heard', heard, ...latencies.summary() }
    default:
      return order satisfies never
  }
}

process.on('message', (order: CrowdOrder) => {
  obey(order).then(
    answer => process.send?.(answer),
    (error: Error) => process.send?.({ kind: 'failed', error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
