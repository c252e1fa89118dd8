/** The thread that hashes: one password after the other, behind whatever else the machine has to do. */
import { argon2Sync } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { HashOrder } from './hash-threads.ts'

/** A tenth of the weight of a thread that answers requests: enough to get on, too little to hold one of those up. */
const niceness = 10

/** Linux schedules threads, and names the one that asks here; elsewhere hashes are as urgent as all the rest. */
function yieldToOthers(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness)
  } catch {
    // A sandbox without /proc: slower for others under a storm of sign-ins, no less right.
  }
}

yieldToOthers()
parentPort?.on('message', ({ message, nonce, cost, tagLength }: HashOrder) => {
  const { memoryKiB: memory, passes, parallelism } = cost
  parentPort?.postMessage(argon2Sync('argon2id', { message, nonce, parallelism, tagLength, memory, passes }))
})
