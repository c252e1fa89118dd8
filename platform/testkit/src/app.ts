/** An Octet for a test: real routes, real PostgreSQL, a clock the test sets, and fakes only at contracts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiClient, httpRequest } from '@octet/client'
import { readConfig } from '@octet/config'
import {
  type Authenticate,
  anonymous,
  type CallOptions,
  type Contract,
  commonProblem,
  type Principal,
  type Role,
} from '@octet/contracts'
import { type Db, newId } from '@octet/db'
import type { HttpApp } from '@octet/http'
import { type AnyModule, defineModule, settingsOfModules } from '@octet/kernel'
import { createLog, createMetrics, type Metrics } from '@octet/observe'
import type { OutboundOptions } from '@octet/outbound'
import { migrationsOf, openRuntime, type Runtime } from '@octet/runtime'
import { openDiskStorage, type Storage } from '@octet/storage'
import type { Caller, Response } from './caller.ts'
import { defer, type Test } from './cleanup.ts'
import { testDatabase } from './database.ts'
import { bodyOf, injectingClient, specOf } from './inject.ts'

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
  client<C extends Contract>(contract: C, caller?: Caller): ApiClient<C>
  /** The same by name, for status, headers and bodies that are not as they should be. */
  request(contract: Contract, operation: string, input: object, caller?: Caller & CallOptions): Promise<Response>
  /** A token for a caller of the test's choosing, when identity is not under test. */
  as(userId: string, grants?: Grants): string
  deliverEvents(): Promise<void>
  /** Decides a feature flag, as an administrator does; known to this process when it returns. */
  setFlag(name: string, sharePercent: number | null): Promise<void>
}

/** What a made-up caller may do: everything, and freshly signed in, unless said. */
export interface Grants {
  readonly roles?: readonly Role[]
  readonly scopes?: '*' | readonly string[]
  /** When they last proved who they are, Unix milliseconds; 0: long ago. */
  readonly provenAtMs?: number
  readonly isUnverified?: true
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
    const { method, path, headers, body } = httpRequest(specOf(contract, operation), input, caller)
    const reply = await runtime.app.inject({ method: method as 'GET', url: path, headers, payload: body })
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
    client: (contract, caller = {}) => injectingClient(contract, runtime.app, caller),
    request,
    as: (userId, grants = {}) => Buffer.from(JSON.stringify({ userId, ...grants })).toString('base64url'),
    deliverEvents: () => runtime.deliverEvents(),
    async setFlag(name, sharePercent) {
      // A stand-in has no schema.
      const db = runtime.databases.get(options.modules[0]?.contract.name)
      await db?.transaction('test.setFlag', tx => runtime.flags.set(tx, name, sharePercent))
      await runtime.flags.refresh()
    },
  }
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
    ...(contract.name === 'identity' ? standInForIdentity : {}),
  }
}

/** Where identity is not under test, a token says who its bearer is, and notifications go to the fake `mailUser`. */
const standInForIdentity: Pick<AnyModule, 'authenticate' | 'deliverNotification'> = {
  authenticate: () => trusting,
  deliverNotification: (client, { userId, kind, text }, options) => client.mailUser!({ userId, kind, text }, options),
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
