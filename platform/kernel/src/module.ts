/** What a module is: a contract, what it calls, its tables, and the functions that keep the contract's promises. */
import type { Limiter } from '@octet/cache'
import type { ConfigOf, Settings, SettingsGroup } from '@octet/config'
import type {
  Authenticate,
  ClientOf,
  Contract,
  Input,
  Output,
  Principal,
  SessionWatch,
  StreamKind,
} from '@octet/contracts'
import type { Db, Recall, Tx } from '@octet/db'
import type { Jobs } from '@octet/jobs'
import type { Mailer, Outbox } from '@octet/mail'
import type { Log, Metrics } from '@octet/observe'
import type { Outbound } from '@octet/outbound'
import type { Passwords } from '@octet/passwords'
import type { Pictures } from '@octet/pictures'
import type { Secrets } from '@octet/secrets'
import type { Storage } from '@octet/storage'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Capability, withCapabilities } from './capability.ts'
import type { Flag, FlagState, Flags } from './flag.ts'
import type { RequestInfo } from './invoke.ts'
import type { AnyNotificationKind, DeliverNotification, Notify } from './notification.ts'
import { type KeepsNothing, type Privacy, privacyWork } from './privacy.ts'
import type { ModuleJob, Subscription } from './work.ts'

/** No settings. */
export type NoSettings = Record<never, never>

/** What the floor gives a module when it opens. */
export interface Floor<C extends Contract = Contract, S extends Settings = NoSettings> {
  /** The values of the settings that the module declares. */
  readonly settings: ConfigOf<S>
  readonly db: Db<C>
  readonly log: Log
  readonly metrics: Metrics
  readonly jobs: Jobs
  /** `takeShared` counts with the other processes, `take` in this one. */
  readonly limiter: Limiter
  /** The process's one queue of password hashes. */
  readonly passwords: Passwords
  /** Seals what the module must be able to read again. */
  readonly secrets: Secrets
  /** The module's own files. */
  readonly storage: Storage
  /** Parts of people's archives on their way from every module to the one that packs them. */
  readonly archives: Storage
  /** The only way to call an address that a user named. */
  readonly outbound: Outbound
  /** The process's one queue for re-encoding pictures. */
  readonly pictures: Pictures
  readonly flags: Flags
  /** Mail to people, sent in the transaction of the change it reports. */
  readonly mail: Mailer
  /** Unix time in milliseconds; tests set it. */
  readonly now: () => number
  /** Folder on this machine that is the module's alone. */
  readonly dataDir: string
  /** Where people reach this installation, without a slash at the end: `http://localhost:3000`. */
  readonly origin: string
  /** Live streams, beyond what `tx.append` tells them by itself. */
  readonly realtime: ModuleRealtime<C>
}

/** What spans all modules, for the few that administer the installation. */
export interface Installation {
  /** Modules that hold personal data, wherever they are served. */
  readonly personalDataModules: readonly string[]
  /** Mails of all modules that are kept here. */
  readonly outbox: Outbox
  readonly flags: InstallationFlags
}

/** The flags of all modules, for administrators. */
export interface InstallationFlags {
  list(): Promise<FlagState[]>
  /** Decides a flag if, and only if, `tx` commits. With null the default holds again. */
  set(tx: Pick<Tx, 'sql'>, name: string, sharePercent: number | null): Promise<void>
  /** Reads what was decided, without waiting for the next poll. */
  refresh(): Promise<void>
}

/** What a module tells its live streams. All of it reaches the clients of every process. */
export interface ModuleRealtime<C extends Contract = Contract> {
  /**
   * Publishes to the current subscribers of an ephemeral stream. Not kept, and dropped for slow readers: publish
   * totals, not differences, so that the next event makes up for a lost one. Cheap without subscribers.
   */
  emit<K extends StreamKind<C>>(kind: K, key: string, event: { readonly type: string; readonly body: unknown }): void
  /** The same, to the clients of this process only: for what every process finds out by itself. */
  emitHere<K extends StreamKind<C>>(
    kind: K,
    key: string,
    event: { readonly type: string; readonly body: unknown },
  ): void
  /** The keys of ephemeral streams of this kind that clients of this process listen to. */
  heard<K extends StreamKind<C>>(kind: K): string[]
  /**
   * Rights have changed in a way the stream's own events do not tell (`rechecks`): asks `join` again for this user, or
   * for all, and ends the subscriptions of those it refuses.
   */
  recheck<K extends StreamKind<C>>(kind: K, key: string, userId?: string): void
}

/** What the server does with one kind of stream. */
export interface StreamRules<Ctx> {
  /**
   * Lets the actor subscribe to the stream of this key, or throws (`not-found` where existence is private). Asked for
   * every subscription, again after a reconnect, and again when rights change.
   */
  readonly join: (ctx: Ctx, key: string) => Promise<void>
  /**
   * A connection of this process that `join` let through begins to listen, and stops: once each, whatever ends it. They
   * must return at once.
   */
  readonly entered?: (ctx: Ctx, key: string, userId: string) => void
  readonly left?: (ctx: Ctx, key: string, userId: string) => void
  /**
   * Which subscribers receive this actor's relays; all of them by default. Asked for each relay, which is dropped when
   * it throws.
   */
  readonly relayTo?: (ctx: Ctx, key: string) => Promise<Reach>
}

/** How far a relay reaches. */
export type Reach =
  | 'nobody'
  /** All subscribers except these people. */
  | { readonly except: readonly string[] }

/** What a use case gets: the caller, the module's database, the modules it may call, and the module's own state. */
export type Context<C extends Contract, Needs extends readonly Contract[], State> = State & {
  readonly actor: Principal
  readonly request: RequestInfo
  readonly db: Db<C>
  readonly log: Log
  readonly now: () => number
  readonly jobs: Pick<Jobs, 'enqueue' | 'forget'>
  readonly mail: Mailer
  /** Tells a person something, in a transaction: a notification of a kind that the module lists. */
  readonly notify: Notify
  /** What administrators have turned on and off. */
  readonly flags: Flags
  readonly storage: Storage
  readonly archives: Storage
  readonly calls: { readonly [N in Needs[number] as N['name']]: ClientOf<N> }
  /**
   * Runs the one transaction of a `keyed` operation. Under the request's idempotency key its result is remembered,
   * and a repeat gets it without the body running again. A module that remembers the request itself, by its cmid,
   * answers repeats with `recall`.
   */
  once<T>(name: string, body: (tx: Tx<C>) => Promise<T>, recall?: Recall<C, T>): Promise<T>
}

type KernelHandled<C extends Contract> = {
  [K in keyof C['operations']]: C['operations'][K]['handledBy'] extends 'module' ? never : K
}[keyof C['operations']]

/** One use case per operation that the kernel routes. */
export type Operations<C extends Contract, Ctx> = {
  readonly [K in KernelHandled<C>]: (ctx: Ctx, input: Input<C, K>) => Promise<Output<C, K>>
}

/** What a module's `routes.ts` works with: Fastify itself, plus the contract's operations that need the reply. */
export interface Routes<C extends Contract, Ctx> {
  readonly app: FastifyInstance
  /** A context for code that serves a request outside any operation. */
  contextFor(request: FastifyRequest): Ctx
  /** Finds the caller of a plain route and lets them through by its own policy, or throws. Before `contextFor`. */
  admit(request: FastifyRequest): Promise<unknown>
  /** A context without caller or deadline, for what is asked of every request before anything is known of it. */
  standingContext(): Ctx
  /** Registers an operation marked `handledBy: 'module'`: same checks and documentation, but with the reply in hand. */
  operation<K extends keyof C['operations'] & string>(
    name: K,
    handler: (
      ctx: Ctx,
      input: Input<C, K>,
      http: { request: FastifyRequest; reply: FastifyReply },
    ) => Promise<Output<C, K>>,
  ): void
}

/** Provided by the module that knows accounts, for processes that do not serve it. */
export interface RemoteAccounts<C extends Contract = Contract> {
  /** Made for each question. */
  readonly client: () => ClientOf<C>
  readonly now: () => number
  readonly log: Log
  readonly metrics: Metrics
}

export interface AccountsElsewhere {
  readonly authenticate: Authenticate
  readonly sessionWatch: SessionWatch
}

export interface Module<
  C extends Contract = Contract,
  Needs extends readonly Contract[] = readonly Contract[],
  State = unknown,
  S extends Settings = Settings,
> {
  readonly contract: C
  /** What an operator can set, by the name of its variable: `OCTET_…`. */
  readonly settings?: S
  /** What an administrator can turn off, or on for a share of the accounts, while the module runs. */
  readonly flags?: readonly Flag[]
  /** The modules this one may call. The graph of all modules must have no cycle. */
  readonly calls: Needs
  readonly migrations: URL
  /** Parts that other modules have too: their tables, jobs and privacy are added to the module's own. */
  readonly capabilities?: readonly Capability<Context<C, Needs, State>>[]
  /** The personal data of the module: how it is exported and how it is erased. Every module declares it. */
  readonly privacy: Privacy<C, Context<C, Needs, State>> | KeepsNothing
  /** Makes what lives as long as the process; its properties become part of every context. */
  open(floor: Floor<C, S>, installation: Installation): Promise<State>
  readonly operations: Operations<C, Context<C, Needs, State>>
  readonly listens?: readonly Subscription<Context<C, Needs, State>>[]
  readonly jobs?: readonly ModuleJob<Context<C, Needs, State>>[]
  /** What the module tells people. */
  readonly notifications?: readonly AnyNotificationKind<Context<C, Needs, State>>[]
  /** One entry for each kind of stream of the contract. */
  readonly streams?: { readonly [K in StreamKind<C>]: StreamRules<Context<C, Needs, State>> }
  readonly routes?: (routes: Routes<C, Context<C, Needs, State>>) => void
  /** For the one module that knows accounts: who stands behind a credential. */
  readonly authenticate?: (state: State) => Authenticate
  /** Provided by the same module: which credentials end before their requests do. */
  readonly watchSessions?: (state: State) => SessionWatch
  /** Both for processes that do not serve that module. */
  readonly accountsRemotely?: (parts: RemoteAccounts<C>) => AccountsElsewhere
  /** For the one module that brings notifications of all modules to people. */
  readonly deliverNotification?: DeliverNotification<C>
  /** Fills an empty installation with believable data. */
  readonly seedDemo?: (ctx: Context<C, Needs, State>) => Promise<void>
  /** Finishes what is under way; called before the database closes. */
  close?(state: State): Promise<void>
}

/** Infers a module's types from its parts, and adds the floor's part: to erase a person and to export their data. */
export function defineModule<
  C extends Contract,
  const Needs extends readonly Contract[],
  State extends object,
  S extends Settings = NoSettings,
>(module: Module<C, Needs, State, S>): Module<C, Needs, State, S> {
  const { capabilities = [] } = module
  const privacy = withCapabilities(module.privacy, capabilities)
  const jobs = [...(module.jobs ?? []), ...capabilities.flatMap(capability => capability.jobs)]
  if ('keepsNothing' in privacy) return { ...module, jobs }
  const floor = privacyWork(module.contract.name, privacy)
  return { ...module, privacy, listens: [...(module.listens ?? []), ...floor.listens], jobs: [...jobs, ...floor.jobs] }
}

/** A module whatever its types, for lists of modules. */
// biome-ignore lint/suspicious/noExplicitAny: variance: a list of modules has no common context type
export type AnyModule = Module<any, any, any, any>

/** The settings of each module, for the one place that reads them all. */
export function settingsOfModules(modules: readonly AnyModule[]): SettingsGroup[] {
  return modules.map(({ contract, settings }) => ({ owner: contract.name, settings: settings ?? {} }))
}
