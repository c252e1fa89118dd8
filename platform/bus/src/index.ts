export { createRelay, type Deliver, deadEvents, type OutboxEvent, type Relay, replayEvent } from './relay.ts'
