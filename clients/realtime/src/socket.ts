/** The part of a WebSocket and of the page that the client uses; browsers, Node and `ws` all have it. */

export interface SocketEvent {
  readonly type: string
  readonly data?: unknown
  readonly code?: number
}

export interface SocketLike {
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: SocketEvent) => void): void
}

/** The source of `online` and similar events: the `window` of a page. */
export interface PageEvents {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}
