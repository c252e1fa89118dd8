/**
 * A server with an embedded PostgreSQL, for tests to kill. It reports its progress in JSON lines; the end of stdin
 * stops it.
 */
import { once } from 'node:events'
import { startEmbeddedPostgres } from '../src/embedded.ts'

function report(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}

const [dir, barrier] = process.argv.slice(2) as [string, string?]
const log = { info() {}, warn: (_: object, message: string) => report({ warning: message }), error() {} }
if (barrier) {
  report({ step: 'waiting' })
  await once(process.stdin, 'data')
}
try {
  const server = await startEmbeddedPostgres({ dir, log, onProgress: step => report({ step }) })
  report({ up: { url: server.url, pid: server.pid, port: server.port } })
  process.stdin.resume()
  await once(process.stdin, 'end')
  await server.stop()
  report({ stopped: true })
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  report({ failed: { code, message } })
  process.exit(1)
}
