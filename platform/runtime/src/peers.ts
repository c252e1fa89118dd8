/** The modules other processes serve, and how to reach them. */
import type { Contract } from '@octet/contracts'
import { newId } from '@octet/db'
import {
  type AccountsElsewhere,
  type AnyModule,
  clientOf,
  connectRemote,
  type Remote,
  type Subscription,
  serviceRequest,
  type Transport,
  wants,
} from '@octet/kernel'
import { type Log, type Metrics, parseTraceparent } from '@octet/observe'
import type { ServiceKeys } from './service-keys.ts'

export interface RemoteEvent {
  readonly event: string
  readonly eventId: string
  readonly data: unknown
  /** W3C `traceparent` of what published it. */
  readonly traceparent: string | undefined
}

export interface Peers {
  transport(module: string): Transport | undefined
  /** One delivery for each handler of a module that is served elsewhere. */
  deliveriesOf(event: RemoteEvent): (() => Promise<void>)[]
  /** Asks the process that knows accounts. `undefined` when no module elsewhere does. */
  readonly accounts: AccountsElsewhere | undefined
  close(): Promise<void>
}

export interface PeersOptions {
  /** Modules this process does not serve. */
  readonly elsewhere: readonly AnyModule[]
  /** Module → address of a process that serves it. */
  readonly addresses: Readonly<Record<string, string>>
  readonly keys: ServiceKeys
  readonly now: () => number
  readonly log: Log
  readonly metrics: Metrics
}

const deliveryTimeoutMs = 10_000
const authenticateTimeoutMs = 2_000

/** Connects when first needed; a peer that is down makes calls to it fail, not this process. */
export function connectPeers({ elsewhere, addresses, keys, ...shared }: PeersOptions): Peers {
  const byUrl = new Map<string, Remote>()
  const remoteOf = (module: string): Remote | undefined => {
    const url = addresses[module]
    if (url === undefined) return undefined
    const remote = byUrl.get(url) ?? connectRemote({ url, signToken: keys.sign })
    byUrl.set(url, remote)
    return remote
  }
  const accounts = remoteAccounts(elsewhere, remoteOf, shared)
  return {
    transport: module => remoteOf(module)?.transport,
    deliveriesOf: event =>
      elsewhere.flatMap(({ contract, listens = [] }) =>
        (listens as readonly Subscription<never>[])
          .filter(subscription => wants(subscription, event.event))
          .map(({ handler }) => async () => {
            const request = {
              ...serviceRequest(event.event.split('.')[0] ?? '', event.eventId, deliveryTimeoutMs),
              span: parseTraceparent(event.traceparent),
            }
            await requirePeer(remoteOf(contract.name), contract.name).post(
              `/internal/${contract.name}/events/${handler}`,
              { event: event.event, eventId: event.eventId, data: event.data },
              request,
            )
          }),
      ),
    accounts,
    close: async () => {
      await accounts?.sessionWatch.close()
      await Promise.all([...byUrl.values()].map(remote => remote.close()))
    },
  }
}

/** An event whose listener has no known peer must not be dropped; it waits in the outbox. */
function requirePeer(remote: Remote | undefined, module: string): Remote {
  if (remote === undefined) throw new Error(`OCTET_PEERS names no process that serves "${module}"`)
  return remote
}

function remoteAccounts(
  elsewhere: readonly AnyModule[],
  remoteOf: (module: string) => Remote | undefined,
  shared: Pick<PeersOptions, 'now' | 'log' | 'metrics'>,
): AccountsElsewhere | undefined {
  for (const { contract, accountsRemotely } of elsewhere as readonly (AnyModule & { contract: Contract })[]) {
    if (accountsRemotely === undefined) continue
    const remote = requirePeer(remoteOf(contract.name), contract.name)
    const client = () => clientOf(contract, remote.transport, serviceRequest('runtime', newId(), authenticateTimeoutMs))
    return accountsRemotely({ ...shared, client })
  }
  return undefined
}
