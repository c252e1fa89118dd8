/** A process that uploads one whole object, then one that never ends, and reports when it is in the middle of it. */
import { openDiskStorage } from '../src/index.ts'

const storage = await openDiskStorage(process.argv[2] ?? '')
const chunk = Buffer.alloc(64 * 1024, 'x')

async function* endless(): AsyncIterable<Buffer> {
  for (let sent = 0; ; sent++) {
    if (sent === 20) process.stdout.write('halfway\n')
    if (sent > 20) await new Promise(resolve => setTimeout(resolve, 5))
    yield chunk
  }
}

await storage.put(
  'whole',
  (async function* () {
    yield chunk
  })(),
  { sizeBytesMax: 1e6 },
)
await storage.put('half', endless(), { sizeBytesMax: 1e9 })
