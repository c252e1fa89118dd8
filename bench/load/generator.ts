/** The parent's side of the load generator's process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadPlan, LoadResult } from './plan.ts'

const program = fileURLToPath(new URL('./load-process.ts', import.meta.url))

export interface Generator extends AsyncDisposable {
  run(plan: LoadPlan): Promise<LoadResult>
  close(): Promise<void>
}

/**
 * Starts the generator behind `launcher` (`taskset …`). `run` throws when the generator could not carry out the plan.
 */
export function startGenerator(launcher: readonly string[]): Generator {
  const [command = '', ...args] = [...launcher, process.execPath, program]
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  exited.catch(() => undefined)
  const close = async () => {
    if (child.connected) child.disconnect()
    await exited
  }
  return {
    async run(plan) {
      const answer = once(child, 'message') as Promise<[{ result?: LoadResult; error?: string }]>
      child.send(plan)
      const ended = exited.then(() => {
        throw new Error('the load generator ended')
      })
      const [{ result, error }] = await Promise.race([answer, ended])
      if (result === undefined) throw new Error(error)
      return result
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
