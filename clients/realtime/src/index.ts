export type { Backoff } from './backoff.ts'
export {
  createRealtimeClient,
  type Following,
  type RealtimeClient,
  type RealtimeClientOptions,
  realtimeUrl,
  type Sending,
  type Stream,
} from './client.ts'
export type { ConnectionState } from './link.ts'
export type { Observable } from './observable.ts'
export {
  type KeptSend,
  memoryOutbox,
  type OpenOutbox,
  type OutboxStorage,
  type WebLocks,
  type WebOutboxOptions,
  type WebStorage,
  webOutbox,
} from './outbox-storage.ts'
export type { PageEvents, SocketEvent, SocketLike } from './socket.ts'
export type {
  CommandBody,
  CommandOutput,
  CommandType,
  EventOf,
  Listener,
  NewsOf,
  RelayBody,
  RelayType,
  Start,
} from './types.ts'
