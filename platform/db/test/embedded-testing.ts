/** Shared parts of the embedded tests: servers in child processes, single queries, and polling with a deadline. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type Postgres from 'postgres'
import { postgres } from '../src/driver.ts'
import type { EmbeddedLog } from '../src/embedded.ts'

export const quiet: EmbeddedLog = { info() {}, warn() {}, error() {} }

/** One fact that a server in a child process reported. */
export interface Fact {
  step?: string
  warning?: string
  up?: { url: string; pid: number; port: number }
  failed?: { code?: string; message: string }
  stopped?: boolean
}

export interface ServerChild {
  readonly process: ChildProcess
  readonly facts: Fact[]
  /** The first fact that matches, reported already or later; fails when the child ends without it. */
  told(fits: (fact: Fact) => boolean): Promise<Fact>
  up(): Promise<NonNullable<Fact['up']>>
  kill(): Promise<void>
}

/** Starts embedded-child.ts on `dir`. `prefix` goes before the command, to run it as another user. */
export function startChild(dir: string, options: { prefix?: string[]; waits?: boolean } = {}): ServerChild {
  const { prefix = [], waits = false } = options
  const file = join(import.meta.dirname, 'embedded-child.ts')
  const command = [...prefix, process.execPath, file, dir, ...(waits ? ['wait'] : [])]
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
  const facts: Fact[] = []
  let isOver = false
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => facts.push(JSON.parse(line)))
  lines.on('close', () => {
    isOver = true
  })
  const self: ServerChild = {
    process: child,
    facts,
    async told(fits) {
      await until(() => isOver || facts.some(fits))
      const fact = facts.find(fits)
      assert.ok(fact, `the child ended having told only ${JSON.stringify(facts)}`)
      return fact
    },
    up: async () => (await self.told(fact => fact.up !== undefined)).up!,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  return self
}

/** Polls until it is true; fails after the timeout. */
export async function until(isTrue: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `still not true after ${timeoutMs} ms: ${isTrue}`)
    await delay(5)
  }
}

/** Runs `use` on a separate connection. */
export async function query<T>(
  url: string,
  use: (sql: Postgres.Sql) => Promise<T>,
  options: Postgres.Options<Record<string, never>> = {},
): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice() {}, ...options })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
