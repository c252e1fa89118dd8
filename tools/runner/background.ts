/** Background work beside the test files: a busy core, and the output of a file while it runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'

const followEveryMs = 100

/** Keeps one core busy until it is killed. */
export function startHog(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { detached: true, stdio: 'ignore' })
}

/** Prints each addition to the file. Returns a function that prints the rest and stops. */
export function follow(file: string, print: (text: string) => void): () => void {
  const descriptor = openSync(file, 'a+')
  const decoder = new TextDecoder()
  const buffer = Buffer.alloc(65_536)
  let at = 0
  const printNew = () => {
    for (;;) {
      const bytes = readSync(descriptor, buffer, 0, buffer.length, at)
      if (bytes === 0) return
      at += bytes
      print(decoder.decode(buffer.subarray(0, bytes), { stream: true }))
    }
  }
  const timer = setInterval(printNew, followEveryMs)
  return () => {
    clearInterval(timer)
    printNew()
    closeSync(descriptor)
  }
}
