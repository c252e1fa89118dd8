/** An Octet for a test: real routes, real PostgreSQL, a clock the test sets, and fakes only at contracts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@octet/config'
import {
  type Authenticate,
  anonymous,
  type CallOptions,
  type Contract,
  commonProblem,
  type Input,
  type Output,
  type Principal,
  Problem,
  problemFromBody,
  type Role,
  requestOf,
} from '@octet/contracts'
import { type Db, newId } from '@octet/db'
import type { HttpApp } from '@octet/http'
import { type AnyModule, defineModule, operationsOf, settingsOfModules } from '@octet/kernel'
import { createLog, createMetrics, type Metrics } from '@octet/observe'
import type { OutboundOptions } from '@octet/outbound'
import { migrationsOf, openRuntime, type Runtime } from '@octet/runtime'
import { openDiskStorage, type Storage } from '@octet/storage'
import { defer, type Test } from './cleanup.ts'
import { testDatabase } from './database.ts'

export interface TestAppOptions {
  readonly modules: readonly AnyModule[]
  /** Answers of modules that are called but not under test: `{ identity: { getUsers: async () => … } }`. */
  readonly fakes?: Readonly<Record<string, Readonly<Record<string, (input: never) => Promise<unknown>>>>>
  /** Rate limits are 1,000 times as wide unless the test is about them. */
  readonly limitsScale?: number
  /** Shares rate limits and live events with other processes; alone by default. */
  readonly redisUrl?: string
  readonly origin?: string
  readonly allowedOrigins?: readonly string[]
  readonly trustedProxies?: number
  /** Settings of the modules, as an operator writes them: `{ OCTET_APP_SCHEMES: 'myshop' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Another process of the same installation: shares the database of that app. */
  readonly sharing?: TestApp
  /** Deliver mails by SMTP; else they are kept. */
  readonly smtp?: { readonly url: string; readonly from: string }
  /** Believe the tokens of {@link TestApp.as} although identity is among the modules. */
  readonly trustCallers?: boolean
  /** What may be called on users' behalf: `{ allow: ['127.0.0.0/8'] }` for servers of the test's own. */
  readonly outbound?: OutboundOptions
}

export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: unknown
}

export interface Caller {
  /** Bearer token: real ones from identity, or one of {@link TestApp.as}. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestApp {
  readonly http: HttpApp
  readonly runtime: Runtime
  readonly databaseUrl: string
  /** Where this process keeps its files. */
  readonly dataDir: string
  readonly storage: Storage
  readonly metrics: Metrics
  /** Unix milliseconds; assign to move time. Starts at the real time and stands still. */
  nowMs: number
  /** Every line logged so far. */
  readonly logLines: readonly string[]
  db(module: string): Db
  /** One function per public operation; throws {@link Problem}. */
  client<C extends Contract>(contract: C, caller?: Caller): TestClient<C>
  /** The same by name, for status, headers and bodies that are not as they should be. */
  request(contract: Contract, operation: string, input: object, caller?: Caller & CallOptions): Promise<Response>
  /** A token for a caller of the test's choosing, when identity is not under test. */
  as(userId: string, grants?: Grants): string
  deliverEvents(): Promise<void>
}

/** What a made-up caller may do: everything, and freshly signed in, unless said. */
export interface Grants {
  readonly roles?: readonly Role[]
  readonly scopes?: '*' | readonly string[]
  /** When they last proved who they are, Unix milliseconds; 0: long ago. */
  readonly provenAtMs?: number
  readonly isUnverified?: true
}

export type TestClient<C extends Contract> = {
  readonly [K in keyof C['operations']]: (input: Input<C, K>, options?: CallOptions) => Promise<Output<C, K>>
}

const closeDeadlineMs = 4_000

/** Opens the modules on a database of their own; everything is closed and gone when the test ends. */
export async function testApp(t: Test, options: TestAppOptions): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-test-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const databaseUrl = options.sharing?.databaseUrl ?? (await testDatabase(t, migrationsOf(options.modules)))
  const storage = options.sharing?.storage ?? (await openDiskStorage(join(dataDir, 'files')))
  const clock = { nowMs: Date.now() }
  const logLines: string[] = []
  const metrics = createMetrics({ processMetrics: false })
  const runtime = await openRuntime({
    modules: withMissing(options).map(module => (options.trustCallers === true ? trustingCallers(module) : module)),
    databaseUrl,
    dataDir: join(dataDir, 'modules'),
    storage,
    origin: options.origin ?? 'http://localhost:3000',
    allowedOrigins: options.allowedOrigins ?? [],
    log: createLog({ level: 'debug', destination: { write: line => void logLines.push(line) } }),
    metrics,
    now: () => clock.nowMs,
    limitsScale: options.limitsScale ?? 1_000,
    redisUrl: options.redisUrl,
    smtp: options.smtp,
    trustedProxies: options.trustedProxies ?? 0,
    settings: readConfig(options.settings ?? {}, settingsOfModules(options.modules)),
    outbound: options.outbound,
  })
  defer(t, () => runtime.close(closeDeadlineMs))
  const request: TestApp['request'] = async (contract, operation, input, caller = {}) => {
    const compiled = operationsOf(contract).get(operation)
    if (compiled === undefined) throw new Error(`${contract.name} has no operation "${operation}"`)
    const { method, path, body } = requestOf(compiled.spec, input)
    const reply = await runtime.app.inject({
      method: method as 'GET',
      url: path,
      headers: headersOf(caller),
      ...(body === undefined ? {} : { payload: body as object }),
    })
    return { status: reply.statusCode, headers: reply.headers, body: bodyOf(reply.body) }
  }
  return {
    http: runtime.app,
    runtime,
    databaseUrl,
    dataDir,
    storage,
    metrics,
    get nowMs() {
      return clock.nowMs
    },
    set nowMs(value) {
      clock.nowMs = value
    },
    logLines,
    db(module) {
      const db = runtime.databases.get(module)
      if (db === undefined) throw new Error(`module "${module}" is not open`)
      return db
    },
    client: (contract, caller) => clientOver(contract, request, caller),
    request,
    as: (userId, grants = {}) => Buffer.from(JSON.stringify({ userId, ...grants })).toString('base64url'),
    deliverEvents: () => runtime.deliverEvents(),
  }
}

/** Headers that carry a caller's token, key and version. */
export function headersOf({ token, headers, idempotencyKey, ifMatch }: Caller & CallOptions): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    ...headers,
  }
}

/** JSON where it is JSON, else the text; nothing for nothing. */
export function bodyOf(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** One function per public operation over `request`; throws the problem it is answered with. */
export function clientOver<C extends Contract>(
  contract: C,
  request: TestApp['request'],
  caller: Caller = {},
): TestClient<C> {
  const calls = Object.keys(contract.operations).map(name => [
    name,
    async (input: object, options: CallOptions = {}) => {
      const { status, body } = await request(contract, name, input, { ...caller, ...options })
      if (status < 400) return body ?? {}
      throw problemFromBody(body) ?? new Problem({ code: 'unreadable', status, title: String(body) })
    },
  ])
  return Object.fromEntries(calls) as TestClient<C>
}

/** The modules under test plus a stand-in for every other module they call. */
function withMissing({ modules, fakes = {} }: TestAppOptions): AnyModule[] {
  const present = new Set(modules.map(module => module.contract.name as string))
  const missing = new Map<string, Contract>()
  for (const module of modules) {
    for (const needed of module.calls as readonly Contract[])
      if (!present.has(needed.name)) missing.set(needed.name, needed)
  }
  const all = [...modules, ...[...missing.values()].map(contract => standIn(contract, fakes[contract.name] ?? {}))]
  // Without a module that knows accounts, the token itself names its bearer.
  const [first, ...rest] = all
  if (first === undefined || all.some(module => module.authenticate !== undefined)) return all
  return [{ ...first, authenticate: () => trusting }, ...rest]
}

function standIn(contract: Contract, answers: Readonly<Record<string, (input: never) => Promise<unknown>>>): AnyModule {
  const operations = Object.fromEntries(
    Object.keys(contract.operations).map(name => [
      name,
      async (ctx: { onceGuard: { used: boolean } }, input: never) => {
        ctx.onceGuard.used = true // it stores no keys; a repeat is executed again
        const answer = answers[name]
        if (answer === undefined)
          throw commonProblem('unavailable', { detail: `${contract.name}.${name} is not faked` })
        return answer(input)
      },
    ]),
  )
  return {
    ...defineModule({
      contract,
      calls: [],
      migrations: new URL('file:///'),
      open: async () => ({}),
      operations: operations as never,
      privacy: { keepsNothing: 'it stands in for a module' },
    }),
    // Where identity is not under test, a token says who its bearer is.
    ...(contract.name === 'identity' ? { authenticate: () => trusting } : {}),
  }
}

function trustingCallers(module: AnyModule): AnyModule {
  return module.authenticate === undefined ? module : { ...module, authenticate: () => trusting }
}

const trusting: Authenticate = credential => {
  if (credential.kind !== 'bearer') return anonymous
  try {
    const said = JSON.parse(Buffer.from(credential.token, 'base64url').toString()) as Partial<
      Extract<Principal, { kind: 'user' }>
    >
    return {
      kind: 'user',
      userId: said.userId ?? newId(),
      sessionId: newId(),
      roles: said.roles ?? ['user'],
      scopes: said.scopes ?? '*',
      provenAtMs: said.provenAtMs ?? Date.now(),
      ...(said.isUnverified === true ? { isUnverified: true } : {}),
    }
  } catch {
    throw commonProblem('unauthenticated')
  }
}
