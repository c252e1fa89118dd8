/** The calls of clients and their outcomes, in order: everything that oracles may use. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/**
 * `invoke` is written before the request is sent. Its outcome follows: `ok`, done; `fail`, certainly not done; `info`,
 * unknown (Jepsen's terms).
 */
export type EntryKind = 'invoke' | 'ok' | 'fail' | 'info'

export interface Entry {
  /** The number of the call; its two entries share it. */
  readonly call: number
  readonly kind: EntryKind
  /** Unix milliseconds. */
  readonly atMs: number
  /** The client. Each has one call in flight at a time. */
  readonly client: string
  /** For example `links.create`. */
  readonly op: string
  /** Idempotency key. */
  readonly key?: string
  /** The object of the call: an id, an address, a session. Oracles find effects by it. */
  readonly subject?: string
  /** The value that must be stored afterwards. */
  readonly value?: string
  readonly server: number
  readonly status?: number
  readonly body?: unknown
  readonly requestId?: string
}

export interface History {
  readonly entries: readonly Entry[]
  append(entry: Entry): void
  close(): void
}

/**
 * Keeps the history in memory and, with a file, writes every entry before it returns, so a killed run can be judged.
 */
export function openHistory(file?: string): History {
  const entries: Entry[] = []
  const fd = file === undefined ? undefined : openSync(file, 'a')
  return {
    entries,
    append(entry) {
      entries.push(entry)
      if (fd !== undefined) writeSync(fd, `${JSON.stringify(entry)}\n`)
    },
    close() {
      if (fd !== undefined) closeSync(fd)
    },
  }
}

/** Reads a history; an incomplete last line is ignored. */
export function readHistory(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as Entry)
}

/** A call with its outcome. A call that was still in flight at the end counts as `info`. */
export interface Call extends Omit<Entry, 'kind' | 'atMs'> {
  readonly kind: Exclude<EntryKind, 'invoke'>
  readonly fromMs: number
  readonly toMs: number
}

/** The calls of one operation. */
export function callsOfOp(calls: readonly Call[], op: string): Call[] {
  return calls.filter(call => call.op === op)
}

/** The calls of a history, in the order of their start. */
export function callsOf(entries: readonly Entry[]): Call[] {
  const answers = new Map(entries.filter(({ kind }) => kind !== 'invoke').map(entry => [entry.call, entry]))
  return entries
    .filter(({ kind }) => kind === 'invoke')
    .map(entry => {
      const { atMs, ...rest } = entry
      const answer = answers.get(entry.call)
      const toMs = answer?.atMs ?? Number.POSITIVE_INFINITY
      return { ...rest, ...answer, kind: (answer?.kind ?? 'info') as Call['kind'], fromMs: atMs, toMs }
    })
}
