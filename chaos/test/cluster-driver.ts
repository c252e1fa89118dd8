/** Starts a cluster, prints its folder, and waits to be killed. */
import { dirname } from 'node:path'
import { startCluster } from '../cluster/start-cluster.ts'

const { logs } = await startCluster({ servers: 1 })
const [log = ''] = logs
process.stdout.write(`${JSON.stringify({ dir: dirname(dirname(log)) })}\n`)
setInterval(() => undefined, 60_000)
