/**
 * A fault proxy that reads PostgreSQL's protocol, so a cut hits a chosen statement: before the server receives a
 * COMMIT, or after it executed one and before the client knows.
 */
import { type Frame, frameReader, statementReader, textsOf } from './postgres-messages.ts'
import { type Direction, type Inspector, type Ruling, type TcpFault, tcpFault } from './tcp-fault.ts'

/** A statement and its answer. */
export interface Exchange {
  readonly statement: string
  /** The connection's `application_name`, for example `octet links`. */
  readonly application: string
}

export type Fate =
  | { readonly kind: 'pass' }
  /** The connection ends before the server receives the statement. */
  | { readonly kind: 'cut-before' }
  /** The server executes it; the client loses the connection instead of getting an answer. */
  | { readonly kind: 'cut-after' }
  /** Neither an answer nor an end: the client waits until it gives up. The server does not receive the statement. */
  | { readonly kind: 'hang-before' }
  /** The same, and the server executes it. */
  | { readonly kind: 'hang-after' }
  | { readonly kind: 'cut-after-row'; readonly row: number }

export interface PostgresFaultOptions {
  readonly targetPort: () => number
  /** Called once per statement, when it is sent. */
  readonly decide?: (exchange: Exchange) => Fate
  readonly random?: () => number
}

export interface PostgresFault extends TcpFault {
  /** Statements by their actual fate: a fault that never happened proves nothing. */
  readonly hits: ReadonlyMap<Fate['kind'], number>
  /** Takes effect immediately. */
  decide(by: (exchange: Exchange) => Fate): void
  /** Whether NOTIFY reaches clients. */
  dropNotifications(isDropping: boolean): void
}

interface Pending {
  readonly fate: Fate
  rows: number
  hasFailed: boolean
}

export const pass: Fate = { kind: 'pass' }
const nothing = Buffer.alloc(0)

/** Whether a statement ends a transaction by committing it. */
export function isCommit({ statement }: Exchange): boolean {
  return /^\s*commit\b/i.test(statement)
}

/** Listens on a free port; everything passes until `decide` is called. */
export async function postgresFault(options: PostgresFaultOptions): Promise<PostgresFault> {
  let decide = options.decide ?? (() => pass)
  let isDropping = false
  const hits = new Map<Fate['kind'], number>()
  const inspector = () =>
    inspectorOf({
      decide: exchange => decide(exchange),
      hit: fate => hits.set(fate.kind, (hits.get(fate.kind) ?? 0) + 1),
      isDropping: () => isDropping,
    })
  const proxy = await tcpFault({ targetPort: options.targetPort, inspector, random: options.random })
  return Object.assign(proxy, {
    hits,
    decide(by: (exchange: Exchange) => Fate) {
      decide = by
    },
    dropNotifications(next: boolean) {
      isDropping = next
    },
  })
}

interface Judge {
  decide(exchange: Exchange): Fate
  hit(fate: Fate): void
  isDropping(): boolean
}

/** Follows one connection. Statements may be pipelined: their answers end, in order, with ReadyForQuery. */
function inspectorOf(judge: Judge): Inspector {
  const readers = { 'to-server': frameReader(true), 'to-client': frameReader(false) }
  const statementOf = statementReader()
  const pending: Pending[] = []
  let application = ''
  let isOpen = false // a statement was sent and its Sync was not
  let isReady = false // the server reported it once, after the login

  function fromClient(frame: Frame): Forwarding {
    if (frame.type === '') application = applicationOf(frame)
    const statement = statementOf(frame)
    if (statement !== undefined && !isOpen) {
      isOpen = true
      const fate = judge.decide({ statement, application })
      pending.push({ fate, rows: 0, hasFailed: false })
      if (fate.kind === 'cut-before' || fate.kind === 'hang-before') {
        judge.hit(fate)
        return { isForwarded: false, after: fate.kind === 'cut-before' ? 'cut' : 'hang' }
      }
    }
    if (frame.type === 'Q' || frame.type === 'S') {
      // A Sync after an error without an open statement still gets its own answer.
      if (!isOpen) pending.push({ fate: pass, rows: 0, hasFailed: false })
      isOpen = false
    }
    return forwarded
  }

  function fromServer(frame: Frame): Forwarding {
    if (frame.type === 'A' && judge.isDropping()) return withheld
    const [current] = isReady ? pending : []
    if (frame.type === 'Z') {
      if (isReady) pending.shift()
      isReady = true
    }
    if (current === undefined) return forwarded
    const { fate } = current
    if (frame.type === 'E') current.hasFailed = true
    if (fate.kind === 'cut-after-row' && frame.type === 'D' && ++current.rows >= fate.row) {
      judge.hit(fate)
      return { isForwarded: true, after: 'cut' }
    }
    const isLate = fate.kind === 'cut-after' || fate.kind === 'hang-after'
    // A failed statement had no effect, so its answer may pass. Until it is complete, the client may need an answer to
    // continue: a description before the parameters, for example.
    if (!isLate || current.hasFailed || !/^[CDZ]$/.test(frame.type)) return forwarded
    if (frame.type !== 'Z') return withheld
    judge.hit(fate)
    return { isForwarded: false, after: fate.kind === 'cut-after' ? 'cut' : 'hang' }
  }

  return {
    inspect(direction: Direction, bytes: Buffer): Ruling {
      const judgeFrame = direction === 'to-server' ? fromClient : fromServer
      const out: Buffer[] = []
      for (const frame of readers[direction](bytes)) {
        const verdict = judgeFrame(frame)
        if (verdict.isForwarded) out.push(frame.bytes)
        if (verdict.after !== undefined) return { forward: joined(out), after: verdict.after }
      }
      return { forward: joined(out) }
    },
  }
}

interface Forwarding {
  readonly isForwarded: boolean
  readonly after?: 'cut' | 'hang'
}

const forwarded: Forwarding = { isForwarded: true }
const withheld: Forwarding = { isForwarded: false }

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 0 ? nothing : parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

/** `application_name` from a start-up message: pairs of names and values after length and version. */
function applicationOf(frame: Frame): string {
  const texts = textsOf({ ...frame, bytes: frame.bytes.subarray(3) }, 40)
  const name = texts.indexOf('application_name')
  return name === -1 ? '' : (texts[name + 1] ?? '')
}
