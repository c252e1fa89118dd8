/** The client of a whole installation: `octet.links.createLink({ url })`. */
import { all, type Contracts } from '@octet/contracts/all'
import { type ApiClient, type ClientOptions, createClient } from './client.ts'

export interface OctetOptions extends ClientOptions {
  /**
   * Fetches a new access token when the server no longer takes the one at hand. Calls that fail meanwhile wait for the
   * same refresh. The call that was refused is then sent once more.
   */
  readonly refresh?: () => Promise<string>
}

/** The client of each module, by the module's name. */
export type Octet = { readonly [C in Contracts[number] as C['name']]: ApiClient<C> }

/** Makes a client for an installation. With neither token nor refresh it may call what anyone may. */
export function createOctet({ refresh, ...options }: OctetOptions): Octet {
  const shared = refresh === undefined ? options : refreshing(refresh, options)
  const clients = all.map(contract => [contract.name, createClient(contract, shared)])
  return Object.fromEntries(clients) as Octet
}

/** Options under which a refused token is replaced, once for all calls under way. */
function refreshing(refresh: () => Promise<string>, options: ClientOptions): ClientOptions {
  let fresh: string | undefined
  let underWay: Promise<void> | undefined
  return {
    ...options,
    token: () => fresh ?? (typeof options.token === 'function' ? options.token() : options.token),
    recover: async (problem, token) => {
      if (problem.code !== 'unauthenticated') return options.recover?.(problem, token) ?? false
      // Another call has replaced the refused token meanwhile.
      if (fresh !== undefined && token !== fresh) return true
      underWay ??= refresh()
        .then(token => {
          fresh = token
        })
        .finally(() => {
          underWay = undefined
        })
      await underWay
      return true
    },
  }
}
