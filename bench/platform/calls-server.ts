/** The other process of the calls bench: the echo module behind the internal routes, and a bare route beside it. */
import { createPublicKey } from 'node:crypto'
import { createLimiter } from '@octet/cache'
import { access, anonymous } from '@octet/contracts'
import { addInternalRoutes, createHttpApp } from '@octet/http'
import { createTokenVerifier } from '@octet/kernel'
import { createLog, createMetrics, createTracer, observeHttp } from '@octet/observe'
import fastify from 'fastify'
import { openEchoHost } from './calls-module.ts'

const host = '127.0.0.1'
const publicKey = createPublicKey(process.env.PUBLIC_KEY ?? '') as never
const app = createHttpApp({
  log: createLog({ level: 'info', destination: process.env.LOG_FILE ?? 2 }),
  metrics: observeHttp(createMetrics()),
  tracer: createTracer(),
  limiter: createLimiter(),
  authenticate: () => anonymous,
  origin: 'http://localhost',
  allowedOrigins: [],
  cookieName: 'oct',
  trustedProxies: 0,
})
addInternalRoutes(
  app,
  await openEchoHost(),
  createTokenVerifier(async () => publicKey),
)
app.get('/health/ready', { config: { access: access.anyone, quiet: true } }, async () => ({}))

const bare = fastify()
bare.post('/echo', async request => request.body)
await bare.listen({ host, port: Number(process.env.BARE_PORT) })
await app.listen({ host, port: Number(process.env.PORT) })
