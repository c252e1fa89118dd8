/** The services of other machines that an installation names: PostgreSQL and Redis. */
import { pingRedis } from '@octet/cache'
import { openPool, outageOf } from '@octet/db'
import { awaitService, type Patience } from './await-service.ts'

const postgresVersionMin = 15
/** The host is not up, or its name is not known yet. */
const absentCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])

/** Waits for the database; throws when it does not come, refuses us or is too old. */
export function awaitDatabase(url: string, patience: Patience): Promise<void> {
  const { host, pathname } = new URL(url)
  const service = {
    name: `the database ${pathname.slice(1)} at ${host}`,
    setting: 'DATABASE_URL',
    connect: () => checkDatabase(url),
    isTransient: (error: unknown) => outageOf(error) !== undefined || absentCodes.has(codeOf(error)),
  }
  return awaitService(service, patience)
}

async function checkDatabase(url: string): Promise<void> {
  const pool = openPool(url, { connectionsMax: 1 })
  try {
    const [row] = await pool<{ version: number }[]>`
      select current_setting('server_version_num')::int / 10000 as version`
    const version = row?.version ?? 0
    if (version < postgresVersionMin) {
      throw new Error(`it is PostgreSQL ${version}, and Octet needs ${postgresVersionMin} or newer`)
    }
  } finally {
    await pool.end({ timeout: 1 })
  }
}

/** Waits for Redis; throws when it does not come or refuses us. */
export function awaitRedis(url: string, patience: Patience): Promise<void> {
  const service = {
    name: `Redis at ${new URL(url).host}`,
    setting: 'REDIS_URL',
    connect: () => pingRedis(url),
    // Redis names its errors in the first word of the message.
    isTransient: (error: unknown) => !/^(NOAUTH|WRONGPASS|NOPERM|ERR)\b/.test((error as Error).message),
  }
  return awaitService(service, patience)
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}
