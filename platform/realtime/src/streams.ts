/** The interface between the hub and the modules that own streams, and the names of streams. */
import type { Contract, LogEvent, Principal, Problem, StreamPosition, StreamSpec } from '@octet/contracts'
import type { StreamHead, Turn } from '@octet/db'
import type { Reach } from '@octet/kernel'

/** One module's streams, wherever that module runs. */
export interface StreamModule {
  readonly contract: Contract
  /** Throws a Problem unless the actor may subscribe. */
  join(actor: Principal, kind: string, key: string): Promise<void>
  /** A connection of this process has subscribed, or has left. */
  entered?(kind: string, key: string, userId: string): void
  left?(kind: string, key: string, userId: string): void
  /** The subscribers who may receive the actor's relays; `undefined`: all of them. */
  reachOf?(actor: Principal, kind: string, key: string): Promise<Reach> | undefined
  /** The heads of these streams; streams without events are omitted. */
  heads(streams: readonly string[]): Promise<readonly StreamHead[]>
  read(stream: string, range: { after: number; limit: number }): Promise<readonly LogEvent[]>
  /** Counts a permanently refused send as done; a retry under its number gets the same refusal. */
  skipTurn(turn: Turn, problem: Problem): Promise<unknown>
}

/** A parsed stream name with its contract. */
export interface StreamRef {
  readonly name: string
  readonly module: StreamModule
  readonly kind: string
  readonly key: string
  readonly spec: StreamSpec
}

/** Parses `chat:room:0198…`; `undefined` when no module here has such streams. */
export function streamRef(name: string, moduleOf: (name: string) => StreamModule | undefined): StreamRef | undefined {
  const [moduleName = '', kind = '', key = '', ...more] = name.split(':')
  const module = more.length === 0 ? moduleOf(moduleName) : undefined
  const streams = module?.contract.streams
  if (module === undefined || streams === undefined || !Object.hasOwn(streams, kind)) return undefined
  const spec = streams[kind]
  return spec === undefined ? undefined : { name, module, kind, key, spec }
}

/** Whether the event may cost the user the right to the stream, so that `join` must be asked again. */
export function requiresRecheck(spec: StreamSpec, event: LogEvent, userId: string): boolean {
  const property = spec.rechecks?.[event.type]
  if (property === undefined) return false
  if (property === '*') return true
  return (event.body as Record<string, unknown> | null)?.[property] === userId
}

/** Whether a position belongs to the log of this epoch. A subscriber from before the first event has an empty epoch. */
export function isPositionIn(epoch: string, position: StreamPosition): boolean {
  return position.epoch === epoch || (position.epoch === '' && position.seq === 0)
}
