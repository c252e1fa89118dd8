/** An app for the tests of this package: every caller is anonymous, and no proxy is in front. */
import { createLimiter } from '@octet/cache'
import { anonymous } from '@octet/contracts'
import { createLog, createMetrics, createTracer, observeHttp } from '@octet/observe'
import { createHttpApp, type HttpOptions } from '../src/index.ts'

/** `writeLog` receives the log lines; without it nothing is logged. */
export function bareApp(writeLog?: (line: string) => void, options: Partial<HttpOptions> = {}) {
  const metrics = createMetrics({ processMetrics: false })
  const app = createHttpApp({
    log:
      writeLog === undefined
        ? createLog({ level: 'fatal' })
        : createLog({ level: 'info', destination: { write: writeLog } }),
    metrics: observeHttp(metrics),
    tracer: createTracer(),
    limiter: createLimiter(),
    authenticate: () => anonymous,
    origin: 'http://localhost:3000',
    allowedOrigins: [],
    cookieName: 'oct',
    trustedProxies: 0,
    ...options,
  })
  return { app, metrics }
}
