/** What clients did and were told, in order: everything an oracle may judge by. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/**
 * `invoke` is written before anything is sent. Then one of: `ok`, it says it is done; `fail`, it says it is not, and
 * means it; `info`, nobody knows (Jepsen's words).
 */
export type EntryKind = 'invoke' | 'ok' | 'fail' | 'info'

export interface Entry {
  /** Number of the call: its two entries share it. */
  readonly call: number
  readonly kind: EntryKind
  /** Unix milliseconds. */
  readonly atMs: number
  /** Which client. Each has one call under way at a time, unless it says otherwise by `with`. */
  readonly client: string
  /** `links.create`. */
  readonly op: string
  /** Idempotency key. */
  readonly key?: string
  /** What it is about: an id, an address, a token's name. Oracles find effects by it. */
  readonly subject?: string
  /** What should be there afterwards. */
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

/** Keeps the history in memory and, with a file, writes every entry before it returns: a killed run can be judged. */
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

/** Reads a history back; a torn last line is left out. */
export function readHistory(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as Entry)
}

/** A call with its answer; without one it was still under way when the run ended, which is `info`. */
export interface Call extends Omit<Entry, 'kind' | 'atMs'> {
  readonly kind: Exclude<EntryKind, 'invoke'>
  readonly fromMs: number
  readonly toMs: number
}

/** The calls of one operation. */
export function callsOfOp(calls: readonly Call[], op: string): Call[] {
  return calls.filter(call => call.op === op)
}

/** The calls of a history, in the order they were made. */
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
