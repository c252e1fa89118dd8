/** The parent's side of the crowd's process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LatencySummary } from '../load/latency.ts'

const program = fileURLToPath(new URL('./crowd-process.ts', import.meta.url))

export type CrowdOrder =
  /** Connection i sends `frames[i % frames.length]`: the first at once, the rest after `welcome`. */
  | {
      readonly kind: 'open'
      readonly url: string
      readonly frames: readonly (readonly string[])[]
      readonly count: number
    }
  | { readonly kind: 'forget' }
  | { readonly kind: 'report' }

export interface HeardByAll extends LatencySummary {
  readonly heard: number
}

export type CrowdAnswer =
  | { readonly kind: 'done' }
  | ({ readonly kind: 'heard' } & HeardByAll)
  | { readonly kind: 'failed'; readonly error: string }

export interface Crowd {
  /** Resolves when all of them are subscribed. */
  open(order: Omit<Extract<CrowdOrder, { kind: 'open' }>, 'kind'>): Promise<void>
  forget(): Promise<void>
  report(): Promise<HeardByAll>
  close(): Promise<void>
}

/** Starts the crowd's process behind `launcher`; it has no sockets yet. */
export function startCrowd(launcher: readonly string[]): Crowd {
  const [command = '', ...args] = [...launcher, process.execPath, program]
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  exited.catch(() => undefined)
  const order = async (what: CrowdOrder): Promise<CrowdAnswer> => {
    const answering = once(child, 'message') as Promise<[CrowdAnswer]>
    child.send(what)
    const [answer] = await Promise.race([
      answering,
      exited.then(() => {
        throw new Error('the crowd ended')
      }),
    ])
    if (answer.kind === 'failed') throw new Error(answer.error)
    return answer
  }
  return {
    open: async what => void (await order({ kind: 'open', ...what })),
    forget: async () => void (await order({ kind: 'forget' })),
    async report() {
      const answer = await order({ kind: 'report' })
      if (answer.kind !== 'heard') throw new Error(`the crowd answered ${answer.kind}`)
      return answer
    },
    async close() {
      child.disconnect()
      await exited
    },
  }
}

/** Sends a message at intervals; each carries the time. */
export async function sayEvery(
  pauseMs: number,
  times: number,
  say: (text: string, index: number) => unknown,
): Promise<void> {
  const startMs = performance.now()
  for (let index = 0; index < times; index++) {
    const waitMs = startMs + index * pauseMs - performance.now()
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
    say(`@${Number(process.hrtime.bigint()) / 1e6}@`, index)
  }
}

/** Waits until the crowd has received so many, or no more arrive. */
export async function heardAll(crowd: Crowd, expected: number): Promise<HeardByAll> {
  for (let before = -1; ; ) {
    const now = await crowd.report()
    if (now.heard >= expected || now.heard === before) return now
    before = now.heard
    await new Promise(resolve => setTimeout(resolve, 2_000))
  }
}
