import type { HttpApp } from './app.ts'

/**
 * Stops accepting connections, waits for running requests, then closes the remaining connections after `deadlineMs`.
 * Idle keep-alive sockets are closed at once, and again as requests finish. Otherwise they would delay the exit by
 * their keep-alive time.
 */
export async function drainHttp(app: HttpApp, deadlineMs: number): Promise<void> {
  const { server } = app
  const closed = app.close()
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => server.closeAllConnections(), deadlineMs)
  server.closeIdleConnections()
  try {
    await closed
  } finally {
    clearInterval(sweep)
    clearTimeout(force)
  }
}
