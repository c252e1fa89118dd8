export { type Cache, createCache } from './cache.ts'
export { createLimiter, type Limiter, type Verdict } from './limiter.ts'
export { createSharedLimiter } from './shared-limiter.ts'
