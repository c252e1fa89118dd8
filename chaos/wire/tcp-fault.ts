/** A proxy between two programs that delays, cuts and drops their connections. For statements: postgres-fault. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface WireFault {
  readonly latencyMs?: number
  /** Random addition to the latency, at most this much. */
  readonly jitterMs?: number
  /** In each direction. A slow-loris client has a few tens. */
  readonly bytesPerSecond?: number
  /** Accepted, never answered, and nothing lost: after healing all bytes arrive, as after a partition. */
  readonly isBlackHole?: boolean
  /** New connections are reset at once. */
  readonly isRefusing?: boolean
}

export type Direction = 'to-server' | 'to-client'
export type CutKind = 'close' | 'reset'

/** Receives bytes in transit. It returns the bytes that continue; `after` decides the fate of the connection. */
export interface Inspector {
  inspect(direction: Direction, bytes: Buffer): Ruling
}

export interface Ruling {
  readonly forward: Buffer
  readonly after?: 'cut' | 'hang'
}

export interface TcpFaultOptions {
  /** Called for each connection: the target may come back on another port. */
  readonly targetPort: () => number
  readonly inspector?: () => Inspector
  readonly random?: () => number
}

export interface TcpFault {
  readonly port: number
  /** Applies to all connections immediately; `{}` heals. */
  set(fault: WireFault): void
  /** Ends every open connection; returns how many. */
  cut(kind: CutKind): number
  /** Signals to the server that the client sends no more, while the client still listens. */
  halfClose(): number
  /** Cuts the next connection after it has carried this many bytes. */
  cutNextAfter(direction: Direction, bytes: number): void
  readonly connections: number
  close(): Promise<void>
}

interface Wire {
  readonly client: Socket
  readonly server: Socket
  readonly lanes: readonly Lane[]
  end(kind: CutKind): void
}

/** One direction of one connection. */
interface Lane {
  readonly from: Socket
  readonly to: Socket
  isHanging: boolean
  /** Settles when all earlier bytes are forwarded. */
  sent: Promise<void>
  cutAfterBytes: number
}

const slicesPerSecond = 50
const refusal = { allowHalfOpen: true, noDelay: true } as const

/** Listens on a free port of 127.0.0.1 and forwards everything until told otherwise. */
export async function tcpFault(options: TcpFaultOptions): Promise<TcpFault> {
  const wires = new Set<Wire>()
  let fault: WireFault = {}
  let cutNext: { direction: Direction; bytes: number } | undefined
  let healed = Promise.withResolvers<void>()
  healed.resolve()
  const carry = carrier({
    fault: () => fault,
    healed: () => healed.promise,
    random: options.random ?? Math.random,
  })

  const server = createServer(refusal, async client => {
    client.on('error', () => undefined)
    if (fault.isRefusing === true) return void client.resetAndDestroy()
    if (fault.isBlackHole === true) await healed.promise
    if (client.destroyed) return
    const wire = openWire(client, connect({ host: '127.0.0.1', port: options.targetPort(), ...refusal }))
    wires.add(wire)
    for (const socket of [wire.client, wire.server]) socket.once('close', () => wires.delete(wire))
    const inspector = options.inspector?.()
    for (const [index, lane] of wire.lanes.entries()) {
      const direction = index === 0 ? 'to-server' : 'to-client'
      if (cutNext?.direction === direction) {
        lane.cutAfterBytes = cutNext.bytes
        cutNext = undefined
      }
      carry(wire, lane, bytes => inspector?.inspect(direction, bytes) ?? { forward: bytes })
    }
  })

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      const wasBlackHole = fault.isBlackHole === true
      fault = next
      if (fault.isBlackHole === true && !wasBlackHole) healed = Promise.withResolvers()
      if (fault.isBlackHole !== true) healed.resolve()
    },
    cut(kind) {
      const count = wires.size
      for (const wire of [...wires]) wire.end(kind)
      return count
    },
    halfClose() {
      for (const { server: to } of wires) to.end()
      return wires.size
    },
    cutNextAfter(direction, bytes) {
      cutNext = { direction, bytes }
    },
    get connections() {
      return wires.size
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      healed.resolve()
      for (const wire of [...wires]) wire.end('close')
      await closed
    },
  }
}

interface Conditions {
  fault(): WireFault
  /** Settles when no black hole is active. */
  healed(): Promise<void>
  random(): number
}

/** Forwards bytes along a lane within the current conditions. */
function carrier(conditions: Conditions) {
  async function send(lane: Lane, bytes: Buffer): Promise<void> {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond } = conditions.fault()
    const waitMs = latencyMs + jitterMs * conditions.random()
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
    const sliceBytes = Math.max(1, Math.floor((bytesPerSecond ?? Number.POSITIVE_INFINITY) / slicesPerSecond))
    for (let start = 0; start < bytes.length && !lane.to.destroyed; start += sliceBytes) {
      await conditions.healed()
      const slice = bytes.subarray(start, Math.min(start + sliceBytes, start + lane.cutAfterBytes))
      lane.cutAfterBytes -= slice.length
      const hasRoom = lane.to.write(slice)
      if (lane.cutAfterBytes <= 0) return
      if (!hasRoom) await Promise.race([once(lane.to, 'drain'), once(lane.to, 'close')]).catch(() => undefined)
      if (bytesPerSecond !== undefined) await new Promise(resolve => setTimeout(resolve, 1000 / slicesPerSecond))
    }
  }

  return function carry(wire: Wire, lane: Lane, inspect: (bytes: Buffer) => Ruling): void {
    lane.from.on('data', bytes => {
      if (lane.isHanging) return
      const { forward, after } = inspect(bytes)
      lane.from.pause()
      lane.sent = lane.sent.then(async () => {
        await send(lane, forward)
        if (after === 'cut' || lane.cutAfterBytes <= 0) wire.end('close')
        if (after === 'hang') for (const each of wire.lanes) each.isHanging = true
        lane.from.resume()
      })
    })
    lane.from.once('end', () => void lane.sent.then(() => lane.isHanging || lane.to.end()))
  }
}

function openWire(client: Socket, server: Socket): Wire {
  const lane = (from: Socket, to: Socket): Lane => {
    return { from, to, isHanging: false, sent: Promise.resolve(), cutAfterBytes: Number.POSITIVE_INFINITY }
  }
  const end = (kind: CutKind) => {
    for (const socket of [client, server]) {
      if (kind === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
  }
  for (const socket of [client, server]) {
    socket.on('error', () => end('reset'))
    socket.once('close', () => end('close'))
  }
  return { client, server, lanes: [lane(client, server), lane(server, client)], end }
}
