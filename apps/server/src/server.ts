/** The composition root: from configuration to a running Octet, and back down again. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { type Config, configOf } from '@octet/config'
import type { Contract } from '@octet/contracts'
import { type EmbeddedPostgres, lockDataDir, migrateUp, newId, ping, startEmbeddedPostgres } from '@octet/db'
import { createSetupToken, setupNeeded } from '@octet/identity'
import { serviceRequest } from '@octet/kernel'
import {
  createHealth,
  createLog,
  createMetrics,
  exitOnCrash,
  type Health,
  type Log,
  monitorEventLoop,
} from '@octet/observe'
import { migrationsOf, openRuntime, type Runtime } from '@octet/runtime'
import { readKeyFile } from '@octet/secrets'
import { openDiskStorage, openS3Storage, type Storage } from '@octet/storage'
import type { Patience } from './await-service.ts'
import { modules } from './modules.ts'
import { addPlatformRoutes } from './platform-routes.ts'
import type { Progress } from './progress.ts'
import { awaitDatabase, awaitRedis } from './services.ts'
import { type ServerConfig, serverSettings } from './settings.ts'
import { openTracing } from './tracing.ts'
import { addWebClient, buildWebClient } from './web-client.ts'

export interface Server {
  readonly origin: string
  /** The link that makes the first administrator; absent once there is one. */
  readonly setupUrl: string | undefined
  /** Resolves with the reason when an essential service is gone; then stop this server and start another. */
  readonly lost: Promise<string>
  /** Drains requests, stops background work and the database; takes at most about eight seconds. */
  stop(): Promise<void>
}

const drainDeadlineMs = 6_000

export interface StartOptions {
  readonly progress: Progress
  /** Gives up the start where it waits for a service. */
  readonly signal?: AbortSignal
}

/** Starts everything that `config` asks for. Throws with what was wrong; whatever had been started is stopped again. */
export async function startServer(config: Config, { progress, signal }: StartOptions): Promise<Server> {
  const undo: (() => Promise<void>)[] = []
  const stopAll = async () => {
    for (const step of undo.reverse()) await step()
    undo.length = 0
  }
  try {
    return await start(config, { progress, signal, undo, stopAll })
  } catch (error) {
    await stopAll()
    throw error
  }
}

interface Starting extends StartOptions {
  readonly undo: (() => Promise<void>)[]
  readonly stopAll: () => Promise<void>
}

async function start(settings: Config, { progress, signal, undo, stopAll }: Starting): Promise<Server> {
  const config = configOf(settings, serverSettings)
  const dataDir = resolve(config.OCTET_DATA)
  const served = modules.filter(module => config.OCTET_MODULES.includes(module.contract.name))
  const port = await claimPort(config.HOST, config.PORT)
  const origin = config.OCTET_URL ?? `http://${config.HOST === '127.0.0.1' ? 'localhost' : config.HOST}:${port}`
  const lock = await lockDataDir(dataDir)
  undo.push(() => lock.release())
  const log = openServerLog(config, dataDir)
  const forgetCrash = exitOnCrash(log)
  undo.push(async () => {
    forgetCrash()
    log.close()
  })
  const webBuild = config.OCTET_WEB ? buildWebClient() : Promise.resolve(false)
  webBuild.catch(() => undefined) // awaited below; until then a rejection is not unhandled
  const patience = { waitMs: config.OCTET_WAIT_SECONDS * 1_000, signal }
  const { databaseUrl, lost } = await openDatabase({ config, dataDir, log, progress, patience, undo })
  const redisUrl = config.REDIS_URL
  if (redisUrl !== undefined) await progress.step('redis', say => awaitRedis(redisUrl, { ...patience, say }))
  await migrate(databaseUrl, { log, progress })
  if (config.OCTET_WEB) await progress.step('web client', () => webBuild)

  const secretKeys = await readSecretKeys(config, dataDir)
  const storage = await openStorage(config, dataDir, undo)
  const metrics = createMetrics()
  const eventLoop = monitorEventLoop(metrics)
  undo.push(async () => eventLoop.close())
  const tracing = openTracing(config, { log, metrics })
  undo.push(() => tracing.close())
  const health = createHealth({ log })
  const runtime = await progress.step('modules', () => {
    return openRuntime({
      modules,
      serve: config.OCTET_MODULES,
      peers: Object.keys(config.OCTET_PEERS).length === 0 ? undefined : config.OCTET_PEERS,
      databaseUrl,
      dataDir: join(dataDir, 'modules'),
      origin,
      allowedOrigins: config.OCTET_ORIGINS,
      secretKeys,
      storage,
      settings,
      log,
      metrics,
      tracer: tracing.tracer,
      redisUrl,
      trustedProxies: config.OCTET_TRUSTED_PROXIES,
      limitsScale: config.OCTET_LIMITS_SCALE,
      outbound: { allow: config.OCTET_OUTBOUND_ALLOW, ports: config.OCTET_OUTBOUND_PORTS },
      smtp: smtpOf(config),
    })
  })
  undo.push(() => runtime.close(drainDeadlineMs))
  if (config.OCTET_DEMO) await progress.step('demo data', () => runtime.seedDemo())
  await addPlatformRoutes(runtime.app, {
    contracts: served.map(module => module.contract as Contract),
    origin,
    health,
    metrics,
  })
  if (config.OCTET_WEB) await addWebClient(runtime.app)
  watchDatabases(health, runtime)
  await runtime.start()
  await progress.step('listening', () => runtime.app.listen({ host: config.HOST, port }))
  health.open()
  undo.push(async () => health.drain())
  log.info({ origin, modules: runtime.host.order }, 'ready')
  return { origin, setupUrl: await setupUrl(runtime, origin), lost, stop: stopAll }
}

/** A bucket when one is named, else a folder, which several processes of one machine may share. */
async function openStorage(config: ServerConfig, dataDir: string, undo: (() => Promise<void>)[]): Promise<Storage> {
  const { S3_URL: url, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = config
  if (url === undefined || accessKey === undefined || secretKey === undefined) {
    return openDiskStorage(resolve(config.OCTET_STORAGE ?? join(dataDir, 'files')))
  }
  const storage = await openS3Storage({ url, accessKey, secretKey, region, spoolDir: join(dataDir, 'spool') })
  undo.push(() => storage.close())
  return storage
}

/** Several processes on one database need one key: without a file for it, the database itself keeps it. */
async function readSecretKeys(config: ServerConfig, dataDir: string): Promise<Buffer[]> {
  const own = join(dataDir, 'secret.key')
  const file = config.OCTET_SECRET_KEY_FILE
  if (file !== undefined) {
    const before = existsSync(own) ? [await readKeyFile(own)] : []
    return [await readKeyFile(resolve(file)), ...before]
  }
  return config.DATABASE_URL === undefined ? [await readKeyFile(own)] : []
}

function smtpOf({ SMTP_URL: url, MAIL_FROM: from }: ServerConfig): { url: string; from: string } | undefined {
  return url === undefined || from === undefined ? undefined : { url, from }
}

function openServerLog({ OCTET_LOG: level, OCTET_LOG_MIB }: ServerConfig, dataDir: string) {
  return createLog({ level, destination: join(dataDir, 'octet.log'), bytesMax: OCTET_LOG_MIB * 2 ** 20 })
}

interface DatabaseStep {
  readonly config: ServerConfig
  readonly dataDir: string
  readonly log: Log
  readonly progress: Progress
  readonly patience: Omit<Patience, 'say'>
  readonly undo: (() => Promise<void>)[]
}

interface OpenDatabase {
  readonly databaseUrl: string
  readonly lost: Promise<string>
}

/** The database to use: the configured one once it answers, else the embedded one, started here. */
async function openDatabase({ config, dataDir, log, progress, patience, undo }: DatabaseStep): Promise<OpenDatabase> {
  const external = config.DATABASE_URL
  if (external !== undefined) {
    await progress.step('database', say => awaitDatabase(external, { ...patience, say }))
    // One that goes away comes back by itself; requests are refused meanwhile.
    return { databaseUrl: external, lost: new Promise(() => undefined) }
  }
  const embedded: EmbeddedPostgres = await progress.step('database', () => {
    return startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), log })
  })
  undo.push(() => embedded.stop())
  return { databaseUrl: embedded.url, lost: embedded.lost }
}

async function migrate(url: string, { log, progress }: Pick<DatabaseStep, 'log' | 'progress'>): Promise<void> {
  const { newer } = await progress.step('migrations', () => migrateUp(url, migrationsOf(modules)))
  if (newer.length === 0) return
  progress.note(`The database is newer than this release, which runs on it: ${newer.join(', ')}`)
  log.warn({ newer }, 'a newer release applied migrations that this one does not know')
}

/** Fails before anything is started when the port is taken; finds a free one for port 0. */
function claimPort(host: string, port: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(new Error(`port ${port} is in use; stop what uses it or choose another: PORT=${port + 1} npm start`))
    })
    probe.listen(port, host, () => {
      const address = probe.address()
      const free = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolvePort(free))
    })
  })
}

function watchDatabases(health: Health, runtime: Runtime): void {
  for (const [module, db] of runtime.databases) {
    health.register({
      name: `${module} database`,
      timeoutMs: 2_000,
      check: () => ping(db),
    })
  }
}

async function setupUrl(runtime: Runtime, origin: string): Promise<string | undefined> {
  if (!runtime.host.order.includes('identity')) return undefined
  const ctx = runtime.host.contextOf('identity', serviceRequest('identity', newId(), 5_000))
  if (!(await setupNeeded(ctx as never))) return undefined
  return `${origin}/welcome#t=${await createSetupToken(ctx as never)}`
}
