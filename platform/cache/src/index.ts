export { type Cache, createCache } from './cache.ts'
export { createLimiter, type Limiter, type Verdict } from './limiter.ts'
export { pingRedis } from './ping-redis.ts'
export { createSharedLimiter } from './shared-limiter.ts'
