/** Live streams in this process: the hub, the endpoint, and the modules' streams as platform/realtime wants them. */
import { type Contract, commonProblem, type Principal, realtimePath, type SessionWatch } from '@octet/contracts'
import { type Db, newId, readEvents, readHeads, skipTurn } from '@octet/db'
import { type HttpApp, type HttpOptions, takeCommandLimits } from '@octet/http'
import { type Host, operationsOf, type StreamRules, serviceRequest, within } from '@octet/kernel'
import type { Log, Metrics } from '@octet/observe'
import { createHub, createRealtime, type Hub, type Realtime, type StreamModule } from '@octet/realtime'
import { addEventStreams } from './event-streams.ts'

export interface LiveOptions {
  readonly log: Log
  readonly metrics: Metrics
  readonly redisUrl?: string
  readonly now: () => number
  readonly limitsScale: number
}

export interface LiveParts {
  readonly app: HttpApp
  readonly http: HttpOptions
  readonly host: Host
  readonly databases: ReadonlyMap<string, Db>
  /** Which credentials end before their connections do. */
  readonly watch: SessionWatch | undefined
}

export interface Live {
  readonly hub: Hub
  /** Opens `/realtime` for the streams of the host's modules. */
  serve(parts: LiveParts): Realtime
}

const joinTimeoutMs = 5_000

/** The hub comes before the modules, which speak to it; the endpoint after them. */
export function openLive({ log, metrics, redisUrl, now, limitsScale }: LiveOptions): Live {
  const streams = new Map<string, StreamModule>()
  const hub = createHub({ moduleOf: name => streams.get(name), log, redisUrl })
  return {
    hub,
    serve({ app, http, host, databases, watch }) {
      for (const [name, module] of localStreams(host, databases)) streams.set(name, module)
      const realtime = createRealtime({
        hub,
        authenticate: http.authenticate,
        watch,
        call: host.call,
        takeLimits: (operation, actor, addressKey) => takeCommandLimits(http.limiter, operation, { actor, addressKey }),
        log,
        metrics,
        now,
        limitsScale,
      })
      app.addUpgradeRoute({
        path: realtimePath,
        accept({ request, socket, head, credential, address, addressKey }) {
          const client = { address, userAgent: request.headers['user-agent'] ?? '' }
          realtime.accept(request, socket, head, { credential, client, addressKey })
        },
      })
      addEventStreams(app, http, realtime)
      return realtime
    },
  }
}

/** Throws when a contract's streams and its module's do not match, or a command leads nowhere. */
function localStreams(host: Host, databases: ReadonlyMap<string, Db>): Map<string, StreamModule> {
  const found = new Map<string, StreamModule>()
  for (const module of host.modules) {
    const contract = module.contract as Contract
    const rules = (module.streams ?? {}) as Readonly<Record<string, StreamRules<unknown>>>
    const db = databases.get(contract.name)
    if (contract.streams === undefined || db === undefined) continue
    checkStreams(contract, rules)
    const standing = () => host.contextOf(contract.name, serviceRequest(contract.name, newId(), joinTimeoutMs))
    const contextFor = (actor: Principal) =>
      host.contextOf(contract.name, { actor, requestId: newId(), deadlineMs: Date.now() + joinTimeoutMs })
    found.set(contract.name, {
      contract,
      async join(actor, kind, key) {
        const rule = rules[kind]
        if (rule === undefined) throw commonProblem('not-found')
        await within(joinTimeoutMs, rule.join(contextFor(actor), key))
      },
      reachOf(actor, kind, key) {
        const ask = rules[kind]?.relayTo
        return ask && within(joinTimeoutMs, ask(contextFor(actor), key))
      },
      entered: (kind, key, userId) => rules[kind]?.entered?.(standing(), key, userId),
      left: (kind, key, userId) => rules[kind]?.left?.(standing(), key, userId),
      heads: streams => readHeads(db, streams),
      read: (stream, range) => readEvents(db, stream, range),
      skipTurn: (turn, problem) => skipTurn(db, turn, problem),
    })
  }
  return found
}

function checkStreams(contract: Contract, rules: Readonly<Record<string, unknown>>): void {
  const operations = operationsOf(contract)
  for (const [kind, spec] of Object.entries(contract.streams ?? {})) {
    const name = `${contract.name}:${kind}`
    if (rules[kind] === undefined) throw new Error(`${name} is promised, but its module does not say who may join`)
    for (const [type, { operation, key, ordered }] of Object.entries(spec.commands ?? {})) {
      const found = operations.get(operation)
      if (found?.spec.input.properties[key] === undefined || found.spec.handledBy === 'module') {
        throw new Error(`${name}: the command "${type}" needs an operation "${operation}" with an input "${key}"`)
      }
      if (ordered === true && found.spec.retry !== 'keyed') {
        throw new Error(`${name}: the command "${type}" is ordered, so ${operation} must be keyed`)
      }
    }
  }
}
