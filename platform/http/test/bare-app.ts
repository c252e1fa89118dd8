/** An app as tests of this package want it: nobody is signed in, nothing is in front of it. */
import { createLimiter } from '@octet/cache'
import { anonymous } from '@octet/contracts'
import { createLog, createMetrics, createTracer, observeHttp } from '@octet/observe'
import { createHttpApp } from '../src/index.ts'

/** `writeLog` gets the lines of its log; without it there is none. */
export function bareApp(writeLog?: (line: string) => void) {
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
    cookieName: 'oct',
    trustedProxies: 0,
  })
  return { app, metrics }
}
