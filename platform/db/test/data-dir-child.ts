/** A process that locks, for data-dir.test.ts: each line on stdin is a directory, on stdout what came of it. */
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
