/** The thread that hashes passwords one by one, with a lower priority than the rest of the process. */
import { argon2Sync } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { HashOrder } from './hash-threads.ts'

/** A third of the weight of a thread that answers requests. With a tenth, a sign-in on a busy host took over 10 s. */
const niceness = 5

/** Linux sets priorities per thread, and /proc names the calling one. Elsewhere hashes have normal priority. */
function yieldToOthers(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness)
  } catch {
    // A sandbox without /proc: correct, but slower for other requests during many sign-ins.
  }
}

yieldToOthers()
parentPort?.on('message', ({ message, nonce, cost, tagLength }: HashOrder) => {
  const { memoryKiB: memory, passes, parallelism } = cost
  parentPort?.postMessage(argon2Sync('argon2id', { message, nonce, parallelism, tagLength, memory, passes }))
})
