/**
 * The vocabulary of contracts: operations, events and problems. A contract is data: it states what a module promises,
 * performs no I/O and imports nothing but TypeBox. So the web client, the server and the tests all read the same
 * contract.
 */
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import type { Access, PermissionGrant, PermissionGrants } from './access.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** At most `max` calls per `windowMs`, counted per network address or per account (address when anonymous). */
export interface Limit {
  readonly by: 'address' | 'account'
  readonly max: number
  /** For callers who are not signed in, if it differs. */
  readonly anonymousMax?: number
  /** For accounts whose e-mail address is not verified, if it differs. */
  readonly unverifiedMax?: number
  readonly windowMs: number
}

/** An expected failure, in public words. Its code is `<module>.<key>`. */
export interface ProblemSpec {
  readonly status: number
  /** One sentence for people; the same for every occurrence (RFC 9457 `title`). */
  readonly title: string
}

export interface Operation<I extends TObject = TObject, O extends TSchema = TSchema> {
  readonly summary: string
  /** Route below `/api/v1`, e.g. `GET /links/:id`; path parameters are part of `input`. Absent: modules only. */
  readonly http?: `${Method} /${string}`
  /**
   * `kernel`: the route is made from this contract and other modules may call it. `module`: the module registers the
   * handler in its `routes.ts` because it needs the reply (cookies); not callable by other modules.
   */
  readonly handledBy?: 'kernel' | 'module'
  /** Status of success; 200 by default. 204 sends no body. */
  readonly status?: 200 | 201 | 202 | 204
  readonly access: Access
  /**
   * The input authenticates the caller, so other credentials of the request are ignored: a client whose access token
   * has expired must be able to refresh it.
   */
  readonly ignoresCredentials?: boolean
  readonly input: I
  readonly output: O
  /**
   * Module problems that the operation may answer, as full codes; the common ones (see `commonProblems`) are implied.
   */
  readonly problems: readonly string[]
  /** `safe`: repeat freely. `keyed`: repeat with the same idempotency key. `never`: a repeat may act twice. */
  readonly retry: 'safe' | 'keyed' | 'never'
  readonly timeoutMs: number
  readonly limits?: readonly Limit[]
  /**
   * The content type of an answer that is not JSON: `image/png`. The module sends it itself (`handledBy: 'module'`),
   * and the output is {@link Nothing}.
   */
  readonly answers?: readonly string[]
  /** A text that may be the whole body instead of JSON. All other input then travels in the query string. */
  readonly accepts?: { readonly type: string; readonly property: string; readonly bytesMax: number }
  /** The output carries `version`; it is sent as `ETag`, and `If-Match` guards an update. */
  readonly versioned?: boolean
}

export interface EventSpec<D extends TObject = TObject> {
  readonly data: D
  readonly version: number
}

/**
 * One kind of live stream: `<module>:<kind>:<key>`, for example `chat:room:0198…`. A durable stream is a log whose
 * events have a `seq` without gaps and are never lost. An ephemeral stream reaches only current subscribers.
 */
export interface StreamSpec<E extends Record<string, TSchema> = Record<string, TSchema>> {
  readonly summary: string
  readonly durability: 'durable' | 'ephemeral'
  /** The scope that a restricted token needs to subscribe. */
  readonly scope: string
  /** Type → body. */
  readonly events: E
  /** Commands that a client may send into the stream: type → the operation that is executed, as over REST. */
  readonly commands?: Readonly<Record<string, CommandSpec>>
  /** Relays between subscribers that are not stored: type → body. */
  readonly relays?: Readonly<Record<string, TSchema>>
  /**
   * Events after which a user may lose access: type → the property of its body that names the user, or `*` for all
   * subscribers. A user who may no longer join gets neither this event nor any later one.
   */
  readonly rechecks?: Readonly<Record<string, string>>
}

export interface CommandSpec {
  /** Name of an operation of the same module. */
  readonly operation: string
  /** The property of its input that the stream's key goes into. */
  readonly key: string
  /** Sends of one device are executed in the order of their numbers; the operation must be `keyed`. */
  readonly ordered?: boolean
}

export interface Contract<
  Name extends string = string,
  Operations extends Record<string, Operation> = Record<string, Operation>,
  Events extends Record<string, EventSpec> = Record<string, EventSpec>,
  Problems extends Record<string, ProblemSpec> = Record<string, ProblemSpec>,
  Streams extends Record<string, StreamSpec> = Record<string, StreamSpec>,
  Permissions extends PermissionGrants = PermissionGrants,
> {
  readonly name: Name
  /** The permissions that belong to this module, made with `grantPermissions`. */
  readonly permissions?: Permissions
  readonly operations: Operations
  readonly events: Events
  readonly problems: Problems
  readonly streams?: Streams
}

/** Infers the literal types of one operation. */
export function operation<
  I extends TObject,
  O extends TSchema,
  const HandledBy extends 'kernel' | 'module' | undefined = undefined,
  const Answers extends readonly string[] | undefined = undefined,
>(
  spec: Operation<I, O> & { readonly handledBy?: HandledBy; readonly answers?: Answers },
): Operation<I, O> & { readonly handledBy: HandledBy; readonly answers: Answers } {
  return spec as Operation<I, O> & { readonly handledBy: HandledBy; readonly answers: Answers }
}

/** Infers the literal types of one event. Names are past tense; data is ids and the facts that listeners need. */
export function event<D extends TObject>(spec: EventSpec<D>): EventSpec<D> {
  return spec
}

/** Infers the literal types of one stream. */
export function stream<const S extends StreamSpec>(spec: S): S {
  return spec
}

/** Names a module and all its promises. */
export function defineContract<
  const Name extends string,
  Operations extends Record<string, Operation>,
  Events extends Record<string, EventSpec>,
  Problems extends Record<string, ProblemSpec>,
  Streams extends Record<string, StreamSpec> = Record<never, StreamSpec>,
  Permissions extends PermissionGrants = Record<never, PermissionGrant>,
>(
  contract: Contract<Name, Operations, Events, Problems, Streams, Permissions>,
): Contract<Name, Operations, Events, Problems, Streams, Permissions> & { readonly permissions: Permissions } {
  return { ...contract, permissions: contract.permissions ?? ({} as Permissions) }
}

/** The kinds of stream a contract has. */
export type StreamKind<C extends Contract> = keyof NonNullable<C['streams']> & string
/** The events of one kind of stream, as they are appended: type and body belong together. */
export type StreamEvent<C extends Contract, K extends StreamKind<C>> =
  NonNullable<C['streams']>[K] extends StreamSpec<infer E>
    ? { [T in keyof E & string]: { readonly type: T; readonly body: Static<E[T]> } }[keyof E & string]
    : never

export type Input<C extends Contract, K extends keyof C['operations']> = Static<C['operations'][K]['input']>
export type Output<C extends Contract, K extends keyof C['operations']> = Static<C['operations'][K]['output']>

/** The caller's view of a contract: one function per operation. */
export type ClientOf<C extends Contract> = {
  readonly [K in keyof C['operations'] as C['operations'][K]['handledBy'] extends 'module' ? never : K]: (
    input: Input<C, K>,
    options?: CallOptions,
  ) => Promise<Output<C, K>>
}

export interface CallOptions {
  /** Makes a `keyed` operation repeatable: the same key and input act once and get the same answer for 24 hours. */
  readonly idempotencyKey?: string
  /** The version of a `versioned` object that the caller last read; an update of any other version is refused. */
  readonly ifMatch?: number
}

/** Problems that every operation may answer; the platform throws them. */
export const commonProblems = {
  'validation-failed': { status: 400, title: 'The request is not valid.' },
  unauthenticated: { status: 401, title: 'Sign in first.' },
  forbidden: { status: 403, title: 'You are not allowed to do this.' },
  'fresh-sign-in-required': { status: 403, title: 'Confirm first that it is you.' },
  'email-unverified': { status: 403, title: 'Confirm your e-mail address first.' },
  'not-found': { status: 404, title: 'There is nothing here.' },
  'method-not-allowed': { status: 405, title: 'This address does not answer that method.' },
  'out-of-turn': { status: 409, title: 'An earlier send has not been executed yet.' },
  'idempotency-in-flight': { status: 409, title: 'A request with this idempotency key is still running.' },
  'version-mismatch': { status: 412, title: 'It was changed since you last read it.' },
  'payload-too-large': { status: 413, title: 'The request body is too large.' },
  'unsupported-media-type': { status: 415, title: 'Send JSON with content type application/json.' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key was used with another request.' },
  'rate-limited': { status: 429, title: 'Too many requests; try again later.' },
  internal: { status: 500, title: 'Something failed on our side.' },
  unavailable: { status: 503, title: 'This part of Octet is not available right now.' },
  'deadline-exceeded': { status: 504, title: 'The answer took too long.' },
} as const satisfies Record<string, ProblemSpec>
export type CommonProblem = keyof typeof commonProblems

// ---- schema building blocks -------------------------------------------------------------------------------------

/** An object that refuses unknown properties. */
export function closed<P extends TProperties>(properties: P, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
export const Id = Type.String({ pattern: uuidPattern, description: 'UUIDv7' })
const idExpression = new RegExp(uuidPattern)

/** Whether a value from outside a contract, such as a path or a claim, can be an id. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idExpression.test(value)
}

const yearMonthDay = [
  '(?!0000)\\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])',
  '(?!0000)\\d{4}-(0[469]|11)-(0[1-9]|[12]\\d|30)',
  '(?!0000)\\d{4}-02-(0[1-9]|1\\d|2[0-8])',
  '(\\d\\d(0[48]|[2468][048]|[13579][26])|(?!0000)([02468][048]|[13579][26])00)-02-29',
]
/** Only days of the calendar: the database refuses 30 February and the year 0. */
const timePattern = `^(${yearMonthDay.join('|')})T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?Z$`
export const Time = Type.String({
  pattern: timePattern,
  description: 'ISO 8601, UTC',
  examples: ['2026-11-21T07:30:00Z'],
})
const timeExpression = new RegExp(timePattern)

/** Whether a text from outside a contract, such as a cursor, is a time. */
export function isTime(text: string): boolean {
  return timeExpression.test(text)
}

export function nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()])
}

/** A total is counted up to this many; counting further would cost more than the number is worth. */
export const totalMax = 10_000

/** Input properties of every list: how many, after which cursor, and whether to count. */
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'meta.nextCursor of the previous page' })),
  include: Type.Optional(Type.Enum(['total'], { description: 'total: also count the whole list' })),
}

const total = Type.Integer({ description: `with include=total: length of the whole list, at most ${totalMax}` })
const totalIsExact = Type.Boolean({ description: 'with include=total: false when the list is longer than `total`' })

/** Output of every list. `nextCursor` is opaque and null on the last page. */
export function listOf<S extends TSchema>(item: S) {
  return closed({
    data: Type.Array(item),
    meta: closed({
      limit: Type.Integer(),
      nextCursor: nullable(Type.String()),
      hasMore: Type.Boolean(),
      total: Type.Optional(total),
      totalIsExact: Type.Optional(totalIsExact),
    }),
  })
}

/** Output of operations that answer 204. */
export const Nothing = closed({})
