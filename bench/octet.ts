/** An Octet to measure: the server as users start it, on its own data directory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ServerProcess, startServerProcess } from '@octet/testkit'

const serverProgram = fileURLToPath(new URL('../apps/server/src/main.ts', import.meta.url))

/** A machine that is loaded by its own bench starts slowly. */
const readyTimeoutMs = 120_000

export interface OctetOptions {
  readonly dataDir: string
  readonly launcher?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly nodeOptions?: readonly string[]
}

/** Starts Octet without web client and demo data. Its limits are high, because all load comes from one address. */
export function startOctet({ dataDir, environment, ...options }: OctetOptions): Promise<ServerProcess> {
  return startServerProcess({
    program: serverProgram,
    readyTimeoutMs,
    environment: {
      OCTET_DATA: dataDir,
      OCTET_WEB: '0',
      OCTET_DEMO: '0',
      OCTET_LIMITS_SCALE: '100000',
      ...environment,
    },
    ...options,
  })
}

/** Starts the bare server of a bench. */
export function startBare(options: Parameters<typeof startServerProcess>[0]): Promise<ServerProcess> {
  return startServerProcess({ readyTimeoutMs, ...options })
}

/** A folder that is removed after `use`. */
export async function withTempDir<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-bench-'))
  try {
    return await use(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
