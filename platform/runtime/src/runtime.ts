/**
 * One process of Octet: the given modules on the given database, with their routes, relays and jobs. What only the
 * command line knows (embedded database, web client, signals) is in apps/server; tests use this directly.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRelay, type OutboxEvent, type Relay } from '@octet/bus'
import { createLimiter, createSharedLimiter, type Limiter } from '@octet/cache'
import { type Config, configOf, readConfig } from '@octet/config'
import { type Authenticate, access, anonymous, floorPermissions } from '@octet/contracts'
import { type Db, each, type MigrationSet, newId, openDb, type SlowQueryOptions } from '@octet/db'
import {
  addInternalRoutes,
  addOperationRoutes,
  admit,
  createHttpApp,
  drainHttp,
  type HttpApp,
  type HttpOptions,
  sessionCookieName,
} from '@octet/http'
import { createJobs, type Jobs, jobsMigrations } from '@octet/jobs'
import {
  type AnyModule,
  type Capability,
  type Floor,
  type Host,
  type InstallationFlags,
  openModules,
  settingsOfModules,
} from '@octet/kernel'
import { mailMigrations, openPostOffice, type PostOffice, type SmtpOptions } from '@octet/mail'
import { createTracer, type Log, type Metrics, observeHttp, type Tracer } from '@octet/observe'
import { createOutbound, type OutboundOptions } from '@octet/outbound'
import { createPasswords } from '@octet/passwords'
import { createPictures } from '@octet/pictures'
import type { Hub } from '@octet/realtime'
import { createSecrets, newSecretKey, type Secrets } from '@octet/secrets'
import { openDiskStorage, type Storage, within } from '@octet/storage'
import { measureBacklog } from './backlog.ts'
import { defineJobs } from './define-jobs.ts'
import { deliverAllDue, deliverToAll } from './deliver-events.ts'
import { openFlags } from './flags.ts'
import { type Live, openLive } from './live.ts'
import { connectPeers, type Peers } from './peers.ts'
import { seedDemo } from './seed-demo.ts'
import { openServiceKeys, type ServiceKeys } from './service-keys.ts'
import { slowQueryReports } from './slow-queries.ts'
import { installationKey } from './store.ts'

export interface RuntimeOptions {
  /** All modules of the installation. */
  readonly modules: readonly AnyModule[]
  /** Names of those this process serves; all unless said. */
  readonly serve?: readonly string[]
  /** Where the other modules are served: module → address. */
  readonly peers?: Readonly<Record<string, string>>
  readonly databaseUrl: string
  readonly dataDir: string
  /** Where people reach this installation: `http://localhost:3000`. */
  readonly origin: string
  /** Origins of other front ends, whose pages may call with bearer tokens; none unless said. */
  readonly allowedOrigins?: readonly string[]
  /** Seal secrets at rest, newest first; see platform/secrets. Without any, the database keeps one itself. */
  readonly secretKeys?: readonly Uint8Array[]
  /** Values of the settings that the modules declare; their defaults unless given. */
  readonly settings?: Config
  /** Files of all modules; in `dataDir` unless said. Processes that share a database need the same. */
  readonly storage?: Storage
  readonly log: Log
  readonly metrics: Metrics
  readonly tracer?: Tracer
  readonly now?: () => number
  readonly trustedProxies?: number
  /** Shortens the way of live events between processes; they count rate limits together by it. */
  readonly redisUrl?: string
  /** Multiplies every rate limit. */
  readonly limitsScale?: number
  /** What may be called on users' behalf; the public internet unless said. */
  readonly outbound?: OutboundOptions
  /** Without it mails are kept in the database. */
  readonly smtp?: SmtpOptions
}

export interface Runtime {
  readonly app: HttpApp
  readonly host: Host
  readonly jobs: Jobs
  readonly mail: PostOffice
  readonly hub: Hub
  readonly databases: ReadonlyMap<string, Db>
  readonly flags: InstallationFlags
  /** Begins to deliver events and run jobs. */
  start(): Promise<void>
  /** Gives an empty installation its demo data; does nothing the second time. */
  seedDemo(): Promise<void>
  /** Delivers every event that is due, and those these cause. For tests that do not `start`. */
  deliverEvents(): Promise<void>
  /** Drains requests, then background work, then closes what is open; at most about `deadlineMs`. */
  close(deadlineMs: number): Promise<void>
}

/** Beside the modules' own folders, whose names hold no dot. */
const filesFolder = '.files'

const runtimeMigrations: MigrationSet = {
  module: 'platform_runtime',
  folder: new URL('../migrations/', import.meta.url),
  columns: {
    service_keys: each('not-personal', 'kid', 'public_jwk', 'expires_at'),
    seeded: each('not-personal', 'module', 'seeded_at'),
    installation_keys: each('not-personal', 'only_one', 'key'),
    flags: each('not-personal', 'name', 'share', 'changed_at'),
  },
}

/** The migrations of the modules and of the floor itself, in the order to apply them. */
export function migrationsOf(modules: readonly AnyModule[]): MigrationSet[] {
  return [
    jobsMigrations,
    mailMigrations,
    runtimeMigrations,
    ...modules.map(({ contract, migrations, privacy, capabilities = [] }: AnyModule) => {
      const columns = 'columns' in privacy ? privacy.columns : {}
      const shared = (capabilities as readonly Capability<unknown>[]).map(one => ({
        name: one.name,
        folder: one.migrations,
      }))
      return { module: contract.name, folder: migrations, shared, columns }
    }),
  ]
}

/** Opens the modules and makes the routes; nothing listens and nothing runs in the background yet. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { log, now = Date.now } = options
  const served = servedBy(options)
  const slowQueries = slowQueryReports(options)
  const own = openDb({ url: options.databaseUrl, schema: runtimeMigrations.module, connectionsMax: 1, slowQueries })
  const peers = await openPeers(options, served, own)
  const { tracer = createTracer() } = options
  const relays = new Map<string, Relay>()
  const databases = new Map<string, Db>()
  const secrets = await openSecrets(options, own)
  const storage = options.storage ?? (await openDiskStorage(join(options.dataDir, filesFolder)))
  const outbound = createOutbound(options.outbound)
  const jobs = createJobs({ url: options.databaseUrl, log, slowQueries })
  const mail = openPostOffice({ ...options, jobs, secrets, slowQueries })
  const { limiter, closeLimiter } = openLimiter(options)
  const live = openLive({ ...options, now, limitsScale: options.limitsScale ?? 1 })
  const onPublished = (module: string) => relays.get(module)?.wake()
  const { flags, administration, stop: stopFlags } = await openFlags({ db: own, modules: options.modules, log })
  const shared = { jobs, limiter, secrets, outbound, flags, mail, live, storage }
  const floorOf = floorsFor({ options, shared, databases, onPublished, slowQueries })
  await makeFolders(options)
  const installation = {
    personalDataModules: personalDataModulesOf(options.modules),
    outbox: mail.outbox,
    flags: administration,
  }
  const host = await openModules({ modules: served, floorOf, installation, tracer, remote: peers?.transport })
  const deliver = (event: OutboxEvent) => deliverToAll(host, peers, event)
  for (const [module, db] of databases) relays.set(module, createRelay({ module, db, log, deliver }))
  measureBacklog(options.metrics, { databases, jobs, now })
  defineJobs(jobs, { modules: options.modules, host, databases, mail, tracer })
  const http = httpOptions(options, { host, tracer, limiter, peers })
  const app = await openHttp(http, { host, tracer, limiter, peers })
  const realtime = live.serve({ app, http, host, databases, watch: host.sessionWatch ?? peers?.accounts?.sessionWatch })
  return {
    app,
    host,
    jobs,
    mail,
    hub: live.hub,
    databases,
    flags: administration,
    start: () => startWork(live.hub, relays, jobs),
    seedDemo: () => seedDemo(host, own),
    deliverEvents: () => deliverAllDue([...relays.values()]),
    close: deadlineMs => {
      const endAt = performance.now() + deadlineMs
      // What the steps before did not use is for the requests under way; a quarter is kept for the jobs.
      const leftMs = (reservedMs = 0) => Math.max(deadlineMs / 4, endAt - performance.now() - reservedMs)
      return inTurn([
        () => realtime.drain(deadlineMs / 4),
        () => drainHttp(app, leftMs(deadlineMs / 4)),
        stopFlags,
        () => live.hub.close(),
        closeLimiter,
        () => Promise.all([...relays.values()].map(relay => relay.stop())),
        () => jobs.stop(leftMs()),
        () => host.close(),
        () => peers?.close(),
        () => mail.close(),
        () => Promise.all([own, ...databases.values()].map(db => db.close())),
      ])
    },
  }
}

function servedBy({ modules, serve }: RuntimeOptions): AnyModule[] {
  return modules.filter(({ contract }) => serve?.includes(contract.name) ?? true)
}

async function inTurn(steps: readonly (() => unknown)[]): Promise<void> {
  for (const step of steps) await step()
}

interface FloorParts {
  readonly options: RuntimeOptions
  readonly shared: Pick<Floor, 'jobs' | 'limiter' | 'secrets' | 'outbound' | 'flags'> & {
    readonly mail: PostOffice
    readonly live: Live
    readonly storage: Storage
  }
  /** Each module's database is added as it is opened. */
  readonly databases: Map<string, Db>
  readonly onPublished: (module: string) => void
  readonly slowQueries: SlowQueryOptions
}

/** What each module stands on: its own database, folder, log and streams, and what all of them share. */
function floorsFor({ options, shared, databases, onPublished, slowQueries }: FloorParts): (module: AnyModule) => Floor {
  const { mail, live, storage, ...rest } = shared
  const common = {
    ...rest,
    metrics: options.metrics,
    passwords: createPasswords(),
    pictures: createPictures(),
    archives: within(storage, 'archives'),
    now: options.now ?? Date.now,
    origin: options.origin,
  }
  const settings = options.settings ?? readConfig({}, settingsOfModules(options.modules))
  return module => {
    const name = module.contract.name as string
    const db = openDb({
      url: options.databaseUrl,
      schema: name,
      onPublished: () => onPublished(name),
      onAppended: live.hub.appended,
      slowQueries,
    })
    databases.set(name, db)
    return {
      ...common,
      settings: configOf(settings, module.settings ?? {}),
      db,
      log: options.log.child({ module: name }),
      storage: within(storage, `modules/${name}`),
      mail: mail.mailerOf(name),
      dataDir: join(options.dataDir, name),
      realtime: live.hub.sideOf(name),
    }
  }
}

async function makeFolders({ modules, dataDir }: RuntimeOptions): Promise<void> {
  for (const { contract } of modules) await mkdir(join(dataDir, contract.name), { recursive: true, mode: 0o700 })
}

/** Configured keys come first; what the database's own key sealed before there were any still opens. */
async function openSecrets({ secretKeys = [], log }: RuntimeOptions, own: Db): Promise<Secrets> {
  const kept = await installationKey(own, secretKeys.length === 0 ? newSecretKey() : undefined)
  if (secretKeys.length === 0) log.warn('secrets are sealed with a key in the database; set OCTET_SECRET_KEY_FILE')
  return createSecrets(kept === undefined ? secretKeys : [...secretKeys, kept])
}

async function startWork(hub: Hub, relays: ReadonlyMap<string, Relay>, jobs: Jobs): Promise<void> {
  hub.start()
  for (const relay of relays.values()) relay.start()
  await jobs.start()
}

function personalDataModulesOf(modules: readonly AnyModule[]): string[] {
  return modules.flatMap(({ contract, privacy }) => ('columns' in privacy ? [contract.name] : []))
}

interface OpenPeers extends Peers {
  readonly keys: ServiceKeys
}

/** Only an installation of several processes needs keys and connections; one that has everything has none. */
async function openPeers(
  options: RuntimeOptions,
  served: readonly AnyModule[],
  own: Db,
): Promise<OpenPeers | undefined> {
  const elsewhere = options.modules.filter(module => !served.includes(module))
  if (elsewhere.length === 0 && options.peers === undefined) return undefined
  const keys = await openServiceKeys(own, newId())
  const peers = connectPeers({
    elsewhere,
    addresses: options.peers ?? {},
    keys,
    now: options.now ?? Date.now,
    log: options.log,
    metrics: options.metrics,
  })
  return {
    ...peers,
    keys,
    async close() {
      keys.stop()
      await peers.close()
    },
  }
}

interface HttpParts {
  readonly tracer: Tracer
  readonly host: Host
  readonly limiter: Limiter
  readonly peers: OpenPeers | undefined
}

function httpOptions(options: RuntimeOptions, { host, tracer, limiter, peers }: HttpParts): HttpOptions {
  const authenticate: Authenticate = host.authenticate ?? peers?.accounts?.authenticate ?? (() => anonymous)
  return {
    log: options.log,
    metrics: observeHttp(options.metrics),
    tracer,
    limiter,
    authenticate,
    origin: options.origin,
    allowedOrigins: options.allowedOrigins ?? [],
    cookieName: sessionCookieName(options.origin),
    trustedProxies: options.trustedProxies ?? 0,
  }
}

async function openHttp(http: HttpOptions, { host, peers }: HttpParts): Promise<HttpApp> {
  const app = createHttpApp(http)
  await addOperationRoutes(app, http, host)
  addTraceRoute(app, http)
  if (peers !== undefined) addInternalRoutes(app, host, peers.keys.verify)
  return app
}

/** The kept traces for operators: failed, slow and a few ordinary requests. */
function addTraceRoute(app: HttpApp, http: HttpOptions): void {
  const config = { access: access.permission(floorPermissions['operations:read']) }
  app.get('/traces', { config }, async (request, reply) => {
    await admit(http, request)
    const text = JSON.stringify({ data: http.tracer.recentTraces() }, (_key, value) => {
      return typeof value === 'bigint' ? String(value) : value
    })
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(text)
  })
}

/** Over all processes where there is a Redis to count by. */
function openLimiter({ redisUrl: url, log, now, limitsScale = 1 }: RuntimeOptions) {
  if (url === undefined) return { limiter: scaledLimiter(createLimiter(now), limitsScale), closeLimiter() {} }
  const shared = createSharedLimiter({ url, log })
  return { limiter: scaledLimiter(shared, limitsScale), closeLimiter: shared.close }
}

function scaledLimiter(limiter: Limiter, scale: number): Limiter {
  if (scale === 1) return limiter
  const scaled = (max: number) => Math.max(1, Math.round(max * scale))
  return {
    take: (key, max, windowMs) => limiter.take(key, scaled(max), windowMs),
    takeShared: taking => limiter.takeShared({ ...taking, max: scaled(taking.max) }),
  }
}
