/** Asks Redis once whether it serves. */
import { Redis } from 'ioredis'

const timeoutMs = 3_000

/** Resolves when Redis answers. Rejects with its error, or with the reason why there is no connection. */
export async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    retryStrategy: () => null,
  })
  let cause: Error | undefined
  redis.on('error', error => {
    cause ??= error // `connect` rejects without it
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    throw cause ?? error
  } finally {
    redis.disconnect()
  }
}
