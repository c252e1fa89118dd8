/**
 * Loads the PostgreSQL driver and fixes three defects of postgres.js 3.4.9 while it loads. Decision 7 lists the
 * alternatives.
 *
 * It buffers small writes for an immediate. When the server goes away in between, the immediate writes to a socket that
 * is null. The exception cannot be caught and ends the process, and the query never settles. Its issues 1066, 1154 and
 * 1208 report it; the fixes offered in 1168 and 1209 are not released. Here the write fails the queries of the
 * connection instead, like any other lost connection.
 *
 * A transaction holds its connection by an object that outlives the connection. When the connection broke between two
 * statements and the pool reconnected, the rest of the transaction ran on the new connection. Each statement committed
 * by itself, or inside another transaction, which the final COMMIT or ROLLBACK then ended. `npm run chaos` found it.
 * Here the transaction runs nothing more.
 *
 * Each new connection first asks for the types of arrays, and nothing handles a failure of that query. When the server
 * goes away meanwhile, the rejection ends the process. Chaos with chat found it. Here the query that was waiting fails.
 *
 * `test/transaction.test.ts` and `test/driver.test.ts` show all three.
 */
import { registerHooks } from 'node:module'

interface Mend {
  readonly file: string
  readonly broken: string
  readonly mended: string
}

const mends: readonly Mend[] = [
  {
    file: '/postgres/src/connection.js',
    broken: 'const x = socket.write(chunk, fn)',
    mended: `if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)`,
  },
  {
    file: '/postgres/src/index.js',
    broken: 'new Promise((_, reject) => connection.onclose = reject)',
    mended: 'new Promise((_, reject) => connection.onclose = e => { connection = { lost: e }; reject(e) })',
  },
  {
    file: '/postgres/src/index.js',
    broken: 'q.catch(e => uncaughtError || (uncaughtError = e))',
    mended: `q.catch(e => uncaughtError || (uncaughtError = e))
        if (connection.lost) return q.reject(connection.lost)`,
  },
  {
    file: '/postgres/src/connection.js',
    broken: 'return fetchArrayTypes()',
    mended: 'return fetchArrayTypes().catch(e => { needsTypes = true; errored(e) })',
  },
]

// Not a defect: reports each statement when it is sent, for which the driver has no option (query-watch.ts).
const additions: readonly Mend[] = [
  {
    file: '/postgres/src/connection.js',
    broken: 'q.state = backend',
    mended: 'q.state = backend\n      if (options.onsent) options.onsent(q)',
  },
]

const wantedMends = [...mends, ...additions]
const done = new Set<Mend>()
const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const wanted = wantedMends.filter(({ file }) => url.endsWith(file))
    if (wanted.length === 0) return loaded
    let source = String(loaded.source)
    for (const mend of wanted) {
      if (source.split(mend.broken).length === 2) done.add(mend)
      source = source.replace(mend.broken, mend.mended)
    }
    return { ...loaded, source }
  },
})
const { default: postgres } = await import('postgres')
hooks.deregister()
if (done.size < wantedMends.length) {
  throw new Error('postgres.js has changed or was loaded before: check whether driver.ts is still needed')
}

export { postgres }
