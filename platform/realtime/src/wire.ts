/** The two transports of a connection: a WebSocket, and a response that stays open (server-sent events). */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { eventsBytesOf, type Packet, socketBytesOf } from './outgoing.ts'

export interface Wire {
  /** Bytes that were written and that the peer has not taken yet. */
  bufferedBytes(): number
  isOpen(): boolean
  send(packet: Packet): void
  /** Sends the reason, and closes the connection once the peer has read it. */
  close(code: number, reason: string): void
  /** Closes the connection at once. */
  terminate(): void
}

export interface EventsWire extends Wire {
  /** Sends a comment to keep the connection alive for proxies and clients. */
  beat(): void
}

/** A WebSocket. Packets bypass `ws`, which would frame each packet again for every reader. */
export function socketWire(webSocket: WebSocket, socket: Duplex): Wire {
  return {
    bufferedBytes: () => socket.writableLength,
    isOpen: () => webSocket.readyState === webSocket.OPEN && !socket.destroyed,
    send: packet => void socket.write(socketBytesOf(packet)),
    close: (code, reason) => webSocket.close(code, reason),
    terminate: () => webSocket.terminate(),
  }
}

/** A response. `open` writes its head before the first packet; until then the request may still be refused. */
export function eventsWire(response: ServerResponse, open: () => void): EventsWire {
  const isOpen = () => !response.writableEnded && !response.destroyed
  const write = (bytes: Buffer | string) => {
    if (!response.headersSent) open()
    response.write(bytes)
  }
  return {
    bufferedBytes: () => response.writableLength,
    isOpen,
    send: packet => write(eventsBytesOf(packet)),
    beat() {
      if (response.headersSent) write(':\n\n')
    },
    close(code, reason) {
      if (!isOpen()) return
      if (!response.headersSent) response.destroy()
      else response.end(`event: closed\ndata: ${JSON.stringify({ code, reason })}\n\n`)
    },
    terminate: () => void response.destroy(),
  }
}
