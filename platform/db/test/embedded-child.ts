/**
 * A server with an embedded PostgreSQL, for tests to kill. It reports its progress in JSON lines; the end of stdin
 * stops it.
 */
import { once } from 'node:events'
import { startEmbeddedPostgres } from '../src/embedded.ts'

function tell(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}

const [dir, barrier] = process.argv.slice(2) as [string, string?]
const log = { info() {}, warn: (_: object, message: string) => tell({ warning: message }), error() {} }
if (barrier) {
  tell({ step: 'waiting' })
  await once(process.stdin, 'data')
}
try {
  const server = await startEmbeddedPostgres({ dir, log, onProgress: step => tell({ step }) })
  tell({ up: { url: server.url, pid: server.pid, port: server.port } })
  process.stdin.resume()
  await once(process.stdin, 'end')
  await server.stop()
  tell({ stopped: true })
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  tell({ failed: { code, message } })
  process.exit(1)
}
