/** The typed client of tests, over the network: for servers that are processes of their own. */
import { type CallOptions, type Contract, requestOf } from '@octet/contracts'
import { operationsOf } from '@octet/kernel'
import { bodyOf, type Caller, clientOver, headersOf, type Response, type TestClient } from './app.ts'

export interface HttpClient {
  /** One function per public operation; throws the problem it is answered with. */
  client<C extends Contract>(contract: C, caller?: Caller): TestClient<C>
  /** The same by name, for status and headers. */
  request(contract: Contract, operation: string, input: object, caller?: Caller & CallOptions): Promise<Response>
}

const timeoutMs = 30_000

/** Speaks to the server at `origin`. Throws what `fetch` throws when there is none. */
export function httpClient(origin: string): HttpClient {
  const request: HttpClient['request'] = async (contract, operation, input, caller = {}) => {
    const compiled = operationsOf(contract).get(operation)
    if (compiled === undefined) throw new Error(`${contract.name} has no operation "${operation}"`)
    const { method, path, body } = requestOf(compiled.spec, input)
    const answer = await fetch(origin + path, {
      method,
      headers: { ...headersOf(caller), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: bodyOf(await answer.text()),
    }
  }
  return { request, client: (contract, caller) => clientOver(contract, request, caller) }
}
