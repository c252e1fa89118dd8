/**
 * A process that locks directories, for data-dir.test.ts: each line on stdin is a directory, and stdout reports the
 * result.
 */
import { createInterface } from 'node:readline'
import { lockDataDir } from '../src/data-dir.ts'

console.log('ready')
for await (const dir of createInterface({ input: process.stdin })) {
  const outcome = await lockDataDir(dir).then(
    () => 'locked',
    error => `refused ${error.code} ${error.pid} ${error.since}`,
  )
  console.log(outcome)
}
