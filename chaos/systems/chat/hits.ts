/** What a chat run met: a run that missed the dangerous window proves nothing. */
import type { ClusterEvent } from '../../cluster/protocol.ts'
import type { Fault } from '../../plan.ts'
import type { ChatClient } from './client.ts'
import type { LoggedEvent } from './logs.ts'
import type { Stood } from './stand-still.ts'

export interface ChatHits {
  readonly serverKills: number
  readonly databaseKills: number
  readonly redisRestarts: number
  readonly connectionResets: number
  readonly slowReaders: number
  /** Readers that were disconnected because they did not read, and those that resumed afterwards. */
  readonly readersCutOff: number
  readonly readersResumed: number
  readonly commitsCutBefore: number
  readonly commitsCutAfter: number
  readonly reconnects: number
  readonly messages: number
  readonly acknowledged: number
  /** Messages that were sent again without an answer: the first attempt had been stored, or had not. */
  readonly ambiguousKept: number
  readonly ambiguousNotKept: number
  /** Events that clients received, and those among them that were replayed from the log. */
  readonly events: number
  readonly replayed: number
}

export interface ChatCounts {
  readonly clients: readonly ChatClient[]
  readonly logs: ReadonlyMap<string, readonly LoggedEvent[]>
  readonly faults: readonly ClusterEvent[]
  readonly commitsCut: Readonly<Record<string, number>>
  readonly resets: number
  readonly slowTurns: number
  readonly stood: Stood | undefined
  readonly redisRestarts: number
}

/** Counts what a run met. */
export function countHits(counts: ChatCounts): ChatHits {
  const { clients, logs, faults, commitsCut, resets, slowTurns, stood, redisRestarts } = counts
  const faultsOf = (kind: Fault['kind']) => faults.filter(({ fault }) => fault.kind === kind).length
  const sum = (of: (client: ChatClient) => number) => clients.reduce((total, client) => total + of(client), 0)
  const keptAtMs = new Map([...logs.values()].flat().map(({ cmid, at }) => [cmid, Date.parse(at)]))
  // Sent again without an answer: had the first attempt been stored?
  const ambiguous = clients.flatMap(({ frames }) =>
    [...frames.sends].flatMap(([cmid, attempts]) => {
      const unanswered = attempts.findIndex(({ isUndone }, index) => !isUndone && index < attempts.length - 1)
      const again = attempts[unanswered + 1]
      const atMs = keptAtMs.get(cmid)
      return unanswered === -1 || again === undefined || atMs === undefined ? [] : [{ wasKept: atMs < again.atMs }]
    }),
  )
  return {
    serverKills: faultsOf('kill-server'),
    databaseKills: faultsOf('kill-postgres'),
    redisRestarts,
    connectionResets: resets,
    slowReaders: Math.min(slowTurns, clients.length),
    readersCutOff: stood?.cutOff ?? 0,
    readersResumed: stood?.resumed ?? 0,
    commitsCutBefore: commitsCut['cut-before'] ?? 0,
    commitsCutAfter: commitsCut['cut-after'] ?? 0,
    reconnects: sum(({ frames }) => frames.connections - 1),
    messages: sum(({ said }) => said.length),
    acknowledged: sum(({ said }) => said.filter(({ state }) => state === 'sent').length),
    ambiguousKept: ambiguous.filter(({ wasKept }) => wasKept).length,
    ambiguousNotKept: ambiguous.filter(({ wasKept }) => !wasKept).length,
    events: sum(client =>
      client.readers().reduce((total, { spans }) => total + spans.flatMap(({ applied }) => applied).length, 0),
    ),
    replayed: sum(({ frames }) => frames.replayed),
  }
}

/** Names of what a run should have met and did not. */
export function mustHaveMet(hits: ChatHits, { hasRedis }: { hasRedis: boolean }): string[] {
  return Object.entries(hits).flatMap(([name, count]) => {
    return count === 0 && (hasRedis || name !== 'redisRestarts') ? [name] : []
  })
}

/** One line for each count. */
export function tableOf(hits: ChatHits): string[] {
  return Object.entries(hits).map(([name, count]) => `  ${name.padEnd(20)} ${String(count).padStart(7)}`)
}
