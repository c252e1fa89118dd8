/** What the hub asks of the modules whose streams it carries, and how streams are named. */
import type { Contract, LogEvent, Principal, Problem, StreamPosition, StreamSpec } from '@octet/contracts'
import type { StreamHead, Turn } from '@octet/db'
import type { Reach } from '@octet/kernel'

/** One module's streams, wherever that module is served. */
export interface StreamModule {
  readonly contract: Contract
  /** Throws a Problem unless the actor may subscribe. */
  join(actor: Principal, kind: string, key: string): Promise<void>
  /** A connection here begins to listen, and stops. */
  entered?(kind: string, key: string, userId: string): void
  left?(kind: string, key: string, userId: string): void
  /** Who may hear what the actor relays; `undefined`: whoever listens. */
  reachOf?(actor: Principal, kind: string, key: string): Promise<Reach> | undefined
  /** Where each of these streams ends; those nothing was written to are left out. */
  heads(streams: readonly string[]): Promise<readonly StreamHead[]>
  read(stream: string, range: { after: number; limit: number }): Promise<readonly LogEvent[]>
  /** Lets a send that was refused for good count as done; asked again under its number, it is refused alike. */
  skipTurn(turn: Turn, problem: Problem): Promise<unknown>
}

/** A stream's name taken apart, with what its contract says. */
export interface StreamRef {
  readonly name: string
  readonly module: StreamModule
  readonly kind: string
  readonly key: string
  readonly spec: StreamSpec
}

/** `chat:room:0198…` → its parts; `undefined` when no module here has such streams. */
export function streamRef(name: string, moduleOf: (name: string) => StreamModule | undefined): StreamRef | undefined {
  const [moduleName = '', kind = '', key = '', ...more] = name.split(':')
  const module = more.length === 0 ? moduleOf(moduleName) : undefined
  const streams = module?.contract.streams
  if (module === undefined || streams === undefined || !Object.hasOwn(streams, kind)) return undefined
  const spec = streams[kind]
  return spec === undefined ? undefined : { name, module, kind, key, spec }
}

/** Whether after this event the user may have to leave. */
export function concerns(spec: StreamSpec, event: LogEvent, userId: string): boolean {
  const property = spec.rechecks?.[event.type]
  if (property === undefined) return false
  if (property === '*') return true
  return (event.body as Record<string, unknown> | null)?.[property] === userId
}

/** Whether a position is one in the log of this epoch. Whoever listened before the first event was told none. */
export function isPositionIn(epoch: string, position: StreamPosition): boolean {
  return position.epoch === epoch || (position.epoch === '' && position.seq === 0)
}
