/**
 * Started by log-writer.test.ts. It imports only the writer, because loading much of Node (`node:assert`) makes stderr
 * non-blocking. That would hide a writer that does not.
 */
import { openLogWriter } from '../src/log-writer.ts'

const writer = openLogWriter({ destination: 2, exitWaitMs: Number(process.argv[2]) })
for (let i = 0; i < 20_000; i++) writer.write(`{"level":"info","i":${i},"msg":"a line of ordinary length, as ever"}\n`)
setInterval(() => process.send?.('alive'), 5)
process.on('message', () => process.exit(0))
