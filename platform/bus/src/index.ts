export {
  createRelay,
  type Deliver,
  deadEvents,
  type OutboxEvent,
  type OutboxStats,
  outboxStats,
  type Relay,
  replayEvent,
} from './relay.ts'
