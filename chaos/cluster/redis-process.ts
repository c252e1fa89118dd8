/** Where workloads find it. */
export { type RedisProcess, startRedis } from '@octet/testkit'
