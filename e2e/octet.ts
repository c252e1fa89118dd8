/** A whole Octet for a test: the real server with the real web client, on its own database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defer, type ServerProcess, startServerProcess, type Test, testDatabase } from '@octet/testkit'

const program = fileURLToPath(new URL('../apps/server/src/main.ts', import.meta.url))
/** Includes a build of the web client when its sources changed. */
const readyTimeoutMs = 180_000

export interface Octet {
  /** As people type it; short links begin with it. */
  readonly origin: string
  /** The one-time link of first start, as the terminal shows it. */
  readonly setupUrl: string
  readonly server: ServerProcess
}

export interface OctetOptions {
  /** On its own embedded PostgreSQL, as after a new installation, not on the database of the test run. */
  readonly isEmbedded?: boolean
  /** Further settings. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts it; the end of the test stops it and removes its files. */
export async function startOctet(t: Test, options: OctetOptions = {}): Promise<Octet> {
  const data = await mkdtemp(join(tmpdir(), 'octet-e2e-'))
  defer(t, () => rm(data, { recursive: true, force: true }))
  const database: Record<string, string> = options.isEmbedded ? {} : { DATABASE_URL: await testDatabase(t, []) }
  const environment = { OCTET_DATA: data, OCTET_LIMITS_SCALE: '1000', ...database, ...options.environment }
  const server = await startServerProcess({ program, environment, readyTimeoutMs })
  defer(t, () => server.stop())
  const setupUrl = await printed(server, /(http:\/\/\S+)\/welcome#t=\S+/)
  return { origin: new URL(setupUrl).origin, setupUrl, server }
}

const printTimeoutMs = 60_000
const pollMs = 10

/** The server's output may come a little after it is ready. */
async function printed(server: ServerProcess, pattern: RegExp): Promise<string> {
  const deadlineMs = performance.now() + printTimeoutMs
  while (performance.now() < deadlineMs) {
    const found = pattern.exec(server.output())
    if (found !== null) return found[0]
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
  throw new Error(`the server never printed ${pattern}:\n${server.output()}`)
}
