export { createHub, type Hub, type HubOptions } from './hub.ts'
export { type Caller, createRealtime, type Realtime } from './server.ts'
export type { RealtimeOptions } from './state.ts'
export type { StreamModule } from './streams.ts'
