/**
 * A program that outlives a test run, however it ends, and cleans up: it kills the processes of the run and removes its
 * folders. The run names its folders and sessions on standard input, one per line. The end of standard input means the
 * end of the run; kill -9 closes it too.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { killProcesses } from './processes.ts'

/** One line. A finished session is named again with `isOver`, because its number may be reused. */
export interface Notice {
  readonly folder?: string
  readonly session?: number
  readonly isOver?: boolean
}

const killMs = 10_000

if (import.meta.main) {
  // A signal to every process of the run must not end the watchdog.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)
  const folders: string[] = []
  const sessions = new Set<number>()
  for await (const line of createInterface({ input: process.stdin })) {
    const { folder, session, isOver } = JSON.parse(line) as Notice
    if (folder !== undefined) folders.push(folder)
    if (session !== undefined && isOver === true) sessions.delete(session)
    else if (session !== undefined) sessions.add(session)
  }
  const left = await killProcesses({ folders, sessions: [...sessions] }, killMs)
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  process.exitCode = left.length === 0 ? 0 : 1
}
