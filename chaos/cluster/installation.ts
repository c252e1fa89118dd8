/** Two real servers on one database, with fault proxies between all of them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Output } from '@octet/contracts'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import {
  defer,
  freePort,
  httpClient,
  type ServerProcess,
  startServerProcess,
  type Test,
  testDatabase,
} from '@octet/testkit'
import { mutantOf, type Patch, patchedLine } from '../mutants/patch.ts'
import { type PostgresFault, postgresFault } from '../wire/postgres-fault.ts'
import { type TcpFault, tcpFault } from '../wire/tcp-fault.ts'

const program = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url))

export interface Site {
  server: ServerProcess
  /** Between clients and the server. */
  readonly wire: TcpFault
  /** Between the server and its database. */
  readonly database: PostgresFault
  restart(): Promise<void>
}

export interface Installation {
  readonly sites: readonly [Site, Site]
  readonly databaseUrl: string
}

export interface InstallationOptions {
  readonly patches?: readonly Patch[]
  readonly redisUrl?: string
}

/** Starts two servers; everything ends with the test. */
export async function openInstallation(t: Test, options: InstallationOptions = {}): Promise<Installation> {
  const databaseUrl = await testDatabase(t, []) // the first server migrates it
  const dir = await mkdtemp(join(tmpdir(), 'octet-live-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  const first = await openSite(t, { ...options, databaseUrl, dataDir: join(dir, 'first') })
  const second = await openSite(t, { ...options, databaseUrl, dataDir: join(dir, 'second') })
  return { sites: [first, second], databaseUrl }
}

interface SiteOptions extends InstallationOptions {
  readonly databaseUrl: string
  readonly dataDir: string
}

async function openSite(t: Test, { databaseUrl, dataDir, patches = [], redisUrl }: SiteOptions): Promise<Site> {
  const url = new URL(databaseUrl)
  const targetPort = Number(url.port)
  const database = await postgresFault({ targetPort: () => targetPort })
  defer(t, () => database.close())
  url.port = String(database.port)
  const port = await freePort()
  const wire = await tcpFault({ targetPort: () => port })
  defer(t, () => wire.close())
  const mutant = mutantOf(patches)
  const start = () =>
    startServerProcess({
      program,
      port,
      ...mutant,
      environment: {
        DATABASE_URL: url.href,
        OCTET_DATA: dataDir,
        OCTET_URL: `http://127.0.0.1:${wire.port}`,
        ...mutant.environment,
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
        ...{ OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LOG: 'warn', OCTET_LIMITS_SCALE: '1000' },
      },
    })
  const site: Site = {
    server: await start(),
    wire,
    database,
    async restart() {
      site.server = await start()
    },
  }
  defer(t, async () => void (await site.server.stop()))
  const missing = patches.find(patch => !site.server.output().includes(patchedLine(patch)))
  if (missing !== undefined) throw new Error(`${missing.file} was never loaded`)
  return site
}

export interface Account {
  readonly userId: string
  readonly token: string
  readonly refreshToken: string
  readonly login: { readonly login: string; readonly password: string }
}

/** Registers a new account with a token. */
export async function register({ server }: Site): Promise<Account> {
  const username = `someone-${newId().slice(-12)}`
  const password = 'correct horse battery staple'
  const open = httpClient(server.origin)
  const tokens = await open.client(identity).register({ username, email: `${username}@example.org`, password })
  const me = await open.client(identity, { token: tokens.accessToken }).getMe({})
  return {
    userId: me.id,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    login: { login: username, password },
  }
}

/** Creates a room with all of `people`; the first one owns it. */
export async function openRoom(
  { server }: Site,
  people: readonly Account[],
): Promise<Output<typeof chat, 'createRoom'>> {
  const open = httpClient(server.origin)
  const [owner, ...others] = people
  const room = await open.client(chat, { token: owner?.token }).createRoom({ name: `Room ${newId().slice(-8)}` })
  for (const { token } of others) await open.client(chat, { token }).joinRoom({ id: room.id })
  return room
}

/** The WebSocket address of a site, through its fault proxy. */
export function liveUrl({ wire }: Site): string {
  return `ws://127.0.0.1:${wire.port}/realtime`
}

export async function until(
  fits: () => boolean | Promise<boolean>,
  what: () => string,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await fits())) {
    if (performance.now() > deadline) throw new Error(`it never came to this: ${what()}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
