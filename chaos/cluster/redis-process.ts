/** Re-exported for workloads. */
export { type RedisProcess, startRedis } from '@octet/testkit'
