/** The modules of one process, opened and wired: who serves which operation, who calls whom, who hears which event. */
import {
  type Authenticate,
  type Contract,
  commonProblem,
  type Principal,
  Problem,
  type SessionWatch,
} from '@octet/contracts'
import { type Db, type IdempotencyKey, isFirstDelivery, runOnce } from '@octet/db'
import { parseTraceparent, type Tracer, traceparentOf } from '@octet/observe'
import { clientOf, localTransport, type Transport } from './calls.ts'
import { startOrder } from './graph.ts'
import { type Handler, type RequestInfo, within } from './invoke.ts'
import type { AnyModule, Context, Floor, Installation } from './module.ts'
import { createNotify, type Notify } from './notification.ts'
import { type CompiledOperation, operationsOf } from './operation.ts'
import { type Subscription, wants } from './work.ts'

export interface HostOptions {
  /** The modules this process serves. */
  readonly modules: readonly AnyModule[]
  readonly floorOf: (module: AnyModule) => Floor
  readonly installation: Installation
  readonly tracer: Tracer
  /** Reaches a module that another process serves; `undefined` when no peer serves it. */
  readonly remote?: (module: string) => Transport | undefined
}

/** An event on its way to one handler. */
export interface Delivery {
  readonly eventId: string
  readonly data: unknown
  /** W3C `traceparent` of what published it. */
  readonly traceparent?: string | undefined
}

export interface Host {
  /** Names of the modules served here, callees first. */
  readonly order: readonly string[]
  readonly modules: readonly AnyModule[]
  /** The handler of an operation served here. */
  handlerOf(operation: CompiledOperation): Handler | undefined
  /** A module's context for code outside any operation: routes, jobs, seeds. */
  contextOf(module: string, request: RequestInfo): AnyContext
  /** Everyone here who listens to `<module>.<event>`. */
  subscribersOf(event: string): readonly Subscriber[]
  /** Provided by the module that knows accounts, when it is served here. */
  readonly authenticate: Authenticate | undefined
  /** Provided by the same module. */
  readonly sessionWatch: SessionWatch | undefined
  /** Carries out an operation wherever it is served. */
  readonly call: Transport
  /** Closes the modules, callers first. */
  close(): Promise<void>
}

export interface Subscriber {
  readonly module: string
  readonly handler: string
  /** Handles the event once, however often it is delivered. */
  deliver(event: Delivery): Promise<void>
}

type AnyContext = Context<Contract, readonly Contract[], object>

interface Hosted {
  readonly module: AnyModule
  readonly floor: Floor
  readonly state: object
  readonly clients: ClientsFor
  readonly notify: Notify
}

const deliveryTimeoutMs = 10_000

/** Opens the modules, callees first. Throws when the calls form a cycle or lead nowhere. */
export async function openModules(options: HostOptions): Promise<Host> {
  const hosted = new Map<string, Hosted>()
  const handlers = new Map<CompiledOperation, Handler>()
  const local = localTransport(operation => handlers.get(operation))
  const transport: Transport = (operation, request, input) => {
    if (hosted.has(operation.module)) return local(operation, request, input)
    const remote = options.remote?.(operation.module)
    if (remote !== undefined) return remote(operation, request, input)
    throw commonProblem('unavailable', { detail: `No process serves "${operation.module}".`, executed: 'no' })
  }
  const order = orderOf(options)
  for (const name of order) {
    const module = options.modules.find(candidate => candidate.contract.name === name)
    if (module === undefined) continue
    const floor = options.floorOf(module)
    hosted.set(name, {
      module,
      floor,
      state: await module.open(floor, options.installation),
      clients: lazyClients(module, transport),
      notify: createNotify({ jobs: floor.jobs, module: name }, module.notifications ?? []),
    })
    for (const operation of operationsOf(module.contract).values()) {
      const useCase = module.operations[operation.name]
      if (operation.spec.handledBy === 'module') continue
      if (useCase === undefined) throw new Error(`${operation.fullName} is promised but has no use case`)
      handlers.set(operation, (request, input) => {
        return traced(options.tracer, operation.fullName, request, inner => {
          return runUseCase(contextFor(name, inner, { operation, input }), operation, useCase, input)
        })
      })
    }
  }
  const hostedOf = (name: string): Hosted => {
    const found = hosted.get(name)
    if (found === undefined) throw new Error(`module "${name}" is not served here`)
    return found
  }
  const contextFor = (name: string, request: RequestInfo, asked?: Asked) => {
    return makeContext(hostedOf(name), { tracer: options.tracer, request, asked })
  }
  const contextOf = (name: string, request: RequestInfo) => contextFor(name, request)
  const subscribers = subscribersIn([...hosted.values()], options.tracer, contextOf)
  return {
    order: order.filter(name => hosted.has(name)),
    modules: [...hosted.values()].map(({ module }) => module),
    handlerOf: operation => handlers.get(operation),
    contextOf,
    authenticate: [...hosted.values()].flatMap(({ module, state }) => module.authenticate?.(state) ?? [])[0],
    sessionWatch: [...hosted.values()].flatMap(({ module, state }) => module.watchSessions?.(state) ?? [])[0],
    call: transport,
    subscribersOf: event =>
      subscribers.filter(({ subscription }) => wants(subscription, event)).map(({ subscriber }) => subscriber),
    async close() {
      for (const { module, state } of [...hosted.values()].reverse()) await module.close?.(state)
    },
  }
}

function orderOf({ modules, remote }: HostOptions): string[] {
  const here = new Set(modules.map(module => module.contract.name as string))
  const elsewhere = new Set<string>()
  for (const module of modules) {
    for (const { name } of module.calls as readonly Contract[]) {
      if (here.has(name)) continue
      if (remote?.(name) === undefined) {
        throw new Error(
          `module ${module.contract.name} calls "${name}", which this process does not serve and knows no peer for`,
        )
      }
      elsewhere.add(name)
    }
  }
  return startOrder([
    ...[...elsewhere].map(name => ({ name, calls: [] })),
    ...modules.map(({ contract, calls }) => ({ name: contract.name, calls: (calls as Contract[]).map(c => c.name) })),
  ])
}

/** The actor of work without a caller: events, jobs, seeds. */
export function serviceRequest(module: string, requestId: string, timeoutMs: number): RequestInfo {
  return { actor: { kind: 'service', module }, caller: module, requestId, deadlineMs: Date.now() + timeoutMs }
}

interface OnceGuard {
  used: boolean
}

/** The operation a context is for, and what was asked of it. */
interface Asked {
  readonly operation: CompiledOperation
  readonly input: unknown
}

interface ContextParts {
  readonly tracer: Tracer
  readonly request: RequestInfo
  readonly asked: Asked | undefined
}

function makeContext(
  { floor, state, clients, notify }: Hosted,
  { tracer, request, asked }: ContextParts,
): AnyContext & { readonly onceGuard: OnceGuard } {
  const db = tracedDb(floor.db, tracer, request)
  const onceGuard = { used: false }
  return {
    ...state,
    actor: request.actor,
    request,
    db,
    log: floor.log,
    now: floor.now,
    jobs: floor.jobs,
    storage: floor.storage,
    archives: floor.archives,
    mail: floor.mail,
    notify,
    flags: floor.flags,
    calls: clients(request),
    onceGuard,
    once(name, body, recall) {
      onceGuard.used = true
      return runOnce(db, name, keyOf(request, asked), body, recall)
    },
  }
}

type ClientsFor = (request: RequestInfo) => AnyContext['calls']

const forRequest = Symbol('request')

/**
 * The clients a module may use, each created on first use: most requests call no other module. The getters are created
 * once per module; creating them per request costs 0.7 µs.
 */
function lazyClients({ contract, calls }: AnyModule, transport: Transport): ClientsFor {
  const caller = contract.name as string
  const prototype = {}
  for (const needed of calls as readonly Contract[]) {
    Object.defineProperty(prototype, needed.name, {
      get(this: { [forRequest]: RequestInfo }) {
        const client = clientOf(needed, transport, { ...this[forRequest], caller })
        Object.defineProperty(this, needed.name, { value: client })
        return client
      },
    })
  }
  return request => {
    const clients = Object.create(prototype)
    clients[forRequest] = request
    return clients
  }
}

function keyOf(request: RequestInfo, asked: Asked | undefined): IdempotencyKey | undefined {
  if (request.idempotencyKey === undefined || asked?.operation.spec.retry !== 'keyed') return undefined
  const { operation, input } = asked
  const { idempotencyKey: key, turn } = request
  return { scope: scopeOf(request.actor), operation: operation.fullName, key, input, turn }
}

/** The same database, with a span around each transaction. Single statements are part of their operation's span. */
function tracedDb(db: Db, tracer: Tracer, request: RequestInfo): Db {
  return {
    ...db,
    transaction: (name, body) =>
      traced(tracer, `transaction ${name}`, request, inner => db.transaction(name, body, traceOf(inner))),
  }
}

/** Where the request's trace goes on, in events and jobs. */
function traceOf({ span }: RequestInfo): (() => string) | undefined {
  return span === undefined ? undefined : () => traceparentOf(span)
}

/** Runs `work` inside a span that fails when the work fails on our side. */
async function traced<T>(
  tracer: Tracer,
  name: string,
  request: RequestInfo,
  work: (inner: RequestInfo) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, request.span)
  try {
    return await work({ ...request, span })
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) span.fail(error)
    throw error
  } finally {
    span.end()
  }
}

function scopeOf(actor: Principal): string {
  if (actor.kind === 'user') return `user ${actor.userId}`
  return actor.kind === 'service' ? `module ${actor.module}` : 'anonymous'
}

async function runUseCase(
  ctx: AnyContext & { readonly onceGuard: OnceGuard },
  operation: CompiledOperation,
  useCase: (ctx: AnyContext, input: unknown) => Promise<unknown>,
  input: unknown,
): Promise<unknown> {
  const output = await useCase(ctx, input)
  if (operation.spec.retry === 'keyed' && !ctx.onceGuard.used) {
    throw new Error(`${operation.fullName} promises idempotency keys but did not write through ctx.once`)
  }
  return output
}

function subscribersIn(
  hosted: readonly Hosted[],
  tracer: Tracer,
  contextOf: Host['contextOf'],
): { subscription: Subscription<never>; subscriber: Subscriber }[] {
  const subscribers: { subscription: Subscription<never>; subscriber: Subscriber }[] = []
  for (const { module, floor } of hosted) {
    const name = module.contract.name as string
    for (const subscription of (module.listens ?? []) as readonly Subscription<unknown>[]) {
      const subscriber: Subscriber = {
        module: name,
        handler: subscription.handler,
        deliver: ({ eventId, data, traceparent }) => {
          const request = { ...serviceRequest(name, eventId, deliveryTimeoutMs), span: parseTraceparent(traceparent) }
          const work = traced(tracer, `${name}.${subscription.handler}`, request, async inner => {
            const ctx = contextOf(name, inner)
            await floor.db.transaction(
              `${name}.${subscription.handler}`,
              async tx => {
                if (await isFirstDelivery(tx, subscription.handler, eventId)) {
                  await subscription.handle(ctx, tx, data as never)
                }
              },
              traceOf(inner),
            )
          })
          return within(deliveryTimeoutMs, work)
        },
      }
      subscribers.push({ subscription: subscription as Subscription<never>, subscriber })
    }
  }
  return subscribers
}
