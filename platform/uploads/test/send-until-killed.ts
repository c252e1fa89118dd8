/** A process that receives one part of an upload, prints a line in the middle of the next part, and hangs there. */
import { openDb } from '@octet/db'
import { openDiskStorage } from '@octet/storage'
import { chunked, contextFor, limits, pattern, receiver } from './scans.ts'

const [url = '', root = '', id = '', ownerId = ''] = process.argv.slice(2)
const ctx = contextFor({ db: openDb({ url, schema: 'scans' }), storage: await openDiskStorage(root) }, ownerId)
const bytes = pattern(limits.fileBytesMax)
const first = bytes.subarray(0, limits.partBytesMax)
const { offset } = await receiver().addPart(ctx, { id, offset: 0, body: chunked(first) })

async function* endless(): AsyncIterable<Buffer> {
  yield bytes.subarray(offset, offset + 1_000)
  process.stdout.write('halfway\n')
  await new Promise(() => setInterval(() => undefined, 60_000))
}

await receiver().addPart(ctx, { id, offset, body: endless() })
