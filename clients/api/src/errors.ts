/** What a call throws: a problem the server answered with, or a connection that gave no answer. */
import { type CommonProblem, type FieldError, Problem, problemFromBody } from '@octet/contracts'
import type { Contracts } from '@octet/contracts/all'

/** A problem the server answered with. `code` never changes its meaning; `requestId` finds the call in the logs. */
export class ApiProblem extends Problem {
  readonly requestId: string | undefined

  constructor(problem: Problem, requestId: string | undefined) {
    super(problem, problem)
    this.name = 'ApiProblem'
    this.requestId = requestId
  }
}

/** No answer came: the server cannot be reached, or the time limit passed. The operation may have taken effect. */
export class ConnectionError extends Error {
  readonly reason: 'unreachable' | 'timeout'

  constructor(reason: 'unreachable' | 'timeout', cause: unknown) {
    super(reason === 'timeout' ? 'the server did not answer in time' : 'the server cannot be reached', { cause })
    this.name = 'ConnectionError'
    this.reason = reason
  }
}

/** Reads the problem from a non-2xx response. Never throws: an unreadable body is a problem of its own. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined)
  const requestId = response.headers.get('x-request-id') ?? undefined
  const unreadable = { code: 'unavailable', status: response.status, title: 'The server gave no readable answer.' }
  return new ApiProblem(problemFromBody(body) ?? new Problem(unreadable), requestId)
}

type CodesOf<C> = C extends { readonly name: infer Name extends string; readonly problems: infer Problems }
  ? `${Name}.${keyof Problems & string}`
  : never

/** The code of any problem Octet answers with. */
export type ProblemCode = CommonProblem | CodesOf<Contracts[number]>

/** Whether the error is a problem with one of these codes: `isProblem(error, 'links.alias-taken')`. */
export function isProblem(error: unknown, ...codes: readonly ProblemCode[]): error is ApiProblem {
  return error instanceof Problem && (codes as readonly string[]).includes(error.code)
}

/** Messages by the input's top-level property, for forms: `{ alias: 'That alias is taken.' }`. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  const errors: readonly FieldError[] = error instanceof Problem ? (error.errors ?? []) : []
  return Object.fromEntries(errors.map(({ path, message }) => [path.split('/')[1] ?? path, message]))
}
