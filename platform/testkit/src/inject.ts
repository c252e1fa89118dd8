/** The typed client of tests, in process: its requests reach the app without a socket. */
import { type ApiClient, createClient } from '@octet/client'
import type { Contract, Operation } from '@octet/contracts'
import type { HttpApp } from '@octet/http'
import type { Caller } from './caller.ts'

/** How clients of tests differ from others: a failure is what the test asks for, and the machine may be slow. */
export const testClient = { attemptsMax: 1, timeoutMs: 30_000 }

/** One function per public operation of the app; throws the problem it is answered with. */
export function injectingClient<C extends Contract>(contract: C, app: HttpApp, caller: Caller): ApiClient<C> {
  return createClient(contract, { ...testClient, ...caller, origin: '', fetch: (url, init) => inject(app, url, init) })
}

async function inject(app: HttpApp, url: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
  const reply = await app.inject({
    method: init.method as 'GET',
    url: String(url),
    headers: init.headers as Record<string, string>,
    payload: init.body as string | undefined,
  })
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.headers)) {
    for (const one of [value].flat()) headers.append(name, String(one))
  }
  const isEmpty = reply.statusCode === 204 || reply.statusCode === 304
  return new Response(isEmpty ? null : reply.rawPayload, { status: reply.statusCode, headers })
}

/** The operation's definition; throws for a name the contract does not have. */
export function specOf(contract: Contract, name: string): Operation {
  const spec = contract.operations[name]
  if (spec === undefined) throw new Error(`${contract.name} has no operation "${name}"`)
  return spec
}

/** JSON where it is JSON, else the text; nothing for nothing. */
export function bodyOf(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
