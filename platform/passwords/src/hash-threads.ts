/**
 * Threads for hashing, shared by the whole process and started when first needed. Libuv's threads do not fit: they also
 * read files, sync journals and resolve names, and lowering their priority would slow all of that.
 */
import { Worker } from 'node:worker_threads'

export interface HashCost {
  readonly memoryKiB: number
  readonly passes: number
  readonly parallelism: number
}

export interface HashOrder {
  readonly message: string
  readonly nonce: Uint8Array
  readonly cost: HashCost
  readonly tagLength: number
}

interface HashThread {
  readonly worker: Worker
  current: PromiseWithResolvers<Buffer> | undefined
}

const program = new URL('./hash-worker.ts', import.meta.url)
const idle: HashThread[] = []

function startThread(): HashThread {
  const thread: HashThread = { worker: new Worker(program), current: undefined }
  const fail = (error: Error) => {
    const place = idle.indexOf(thread)
    if (place !== -1) idle.splice(place, 1)
    thread.current?.reject(error)
    thread.current = undefined
  }
  thread.worker.on('message', (tag: Uint8Array) => {
    const { current } = thread
    thread.current = undefined
    thread.worker.unref() // An idle thread does not keep the process alive.
    idle.push(thread)
    current?.resolve(Buffer.from(tag.buffer, tag.byteOffset, tag.byteLength))
  })
  thread.worker.on('error', fail)
  thread.worker.on('exit', code => fail(new Error(`the thread that hashes passwords ended with ${code}`)))
  return thread
}

/** Hashes in an idle thread, or in a new one: the caller bounds how many run at once. */
export function hashInThread(order: HashOrder): Promise<Buffer> {
  const thread = idle.pop() ?? startThread()
  const current = Promise.withResolvers<Buffer>()
  thread.current = current
  thread.worker.ref()
  thread.worker.postMessage(order)
  return current.promise
}
