/** The typed client of tests, over the network: for servers that are processes of their own. */
import { type ApiClient, createClient, httpRequest } from '@octet/client'
import type { CallOptions, Contract } from '@octet/contracts'
import type { Caller, Response } from './caller.ts'
import { bodyOf, specOf, testClient } from './inject.ts'

export interface HttpClient {
  /** One function per public operation; throws the problem it is answered with. */
  client<C extends Contract>(contract: C, caller?: Caller): ApiClient<C>
  /** The same by name, for status and headers. */
  request(contract: Contract, operation: string, input: object, caller?: Caller & CallOptions): Promise<Response>
}

/** Speaks to the server at `origin`. `request` throws what `fetch` throws when no server listens. */
export function httpClient(origin: string): HttpClient {
  return {
    client: (contract, caller) => createClient(contract, { ...testClient, origin, ...caller }),
    async request(contract, operation, input, caller = {}) {
      const { path, ...request } = httpRequest(specOf(contract, operation), input, caller)
      const answer = await fetch(origin + path, { ...request, signal: AbortSignal.timeout(testClient.timeoutMs) })
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: bodyOf(await answer.text()),
      }
    },
  }
}
