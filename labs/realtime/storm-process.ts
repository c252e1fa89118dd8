/** Thousands of real clients in a separate process, which lose their server together. */
import { chat } from '@octet/contracts/chat'
import { createRealtimeClient, type Following } from '@octet/realtime-client'
import { WebSocket } from 'ws'
import type { StormOrder, StormReport } from './storm.ts'

const openingMax = 250
const bucketMs = 100
const followings: Following[] = []
let heard = 0
let attempts: number[] = []
let failures = 0

function openSocket(url: string): WebSocket {
  attempts.push(performance.now())
  const socket = new WebSocket(url, { perMessageDeflate: false })
  let isOpen = false
  socket.once('open', () => {
    isOpen = true
  })
  socket.once('close', () => {
    if (!isOpen) failures++
  })
  return socket
}

async function open({ url, token, roomId, clients, isJittered }: Extract<StormOrder, { kind: 'open' }>): Promise<void> {
  for (let index = 0; index < clients; index++) {
    const client = createRealtimeClient({
      url,
      token: () => token,
      openSocket,
      // The same pauses; without jitter each client waits the full pause.
      random: isJittered ? Math.random : () => 1,
    })
    const room = client.stream(chat, 'room', roomId)
    followings.push(room.follow({ on: event => void (event.type === 'message' && heard++) }))
    client.connect()
    while (followings.length - live() > openingMax) await breathe()
  }
  while (live() < clients) await breathe()
}

function live(): number {
  return followings.filter(({ isLive }) => isLive).length
}

const breathe = () => new Promise(resolve => setTimeout(resolve, 20))

function report(): StormReport {
  const buckets = new Map<number, number>()
  for (const atMs of attempts) {
    const bucket = Math.floor(atMs / bucketMs)
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }
  return {
    kind: 'report',
    live: live(),
    heard,
    attempts: attempts.length,
    failures,
    peak: Math.max(0, ...buckets.values()),
  }
}

process.on('message', (order: StormOrder) => {
  if (order.kind === 'open') void open(order).then(() => process.send?.(report()))
  else {
    if (order.isFresh) {
      attempts = []
      failures = 0
    }
    process.send?.(report())
  }
})
process.on('disconnect', () => process.exit())
