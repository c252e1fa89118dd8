/** Assembles the input of an operation from the path, the query string and the body. */
import { commonProblem, type FieldError } from '@octet/contracts'
import type { CompiledOperation } from '@octet/kernel'
import type { FastifyRequest } from 'fastify'

/** @throws `validation-failed` for a body that is not an object, and for properties in the wrong place. */
export function readInput(operation: CompiledOperation, request: FastifyRequest): Record<string, unknown> {
  const { route } = operation
  if (route === undefined) throw new Error(`${operation.fullName} has no route`)
  const input: Record<string, unknown> = {}
  const { accepts } = operation.spec
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE'
  if (hasBody && accepts === undefined) refuseQuery(request.query as Record<string, unknown>)
  else readQuery(route.query, request.query as Record<string, string | string[]>, input)
  if (accepts !== undefined && typeof request.body === 'string') input[accepts.property] = request.body
  else if (hasBody) Object.assign(input, readBody(request.body, route.pathParameters))
  for (const name of route.pathParameters) input[name] = (request.params as Record<string, string>)[name]
  return input
}

function readQuery(
  readers: ReadonlyMap<string, (text: string | string[]) => unknown>,
  query: Record<string, string | string[]>,
  input: Record<string, unknown>,
): void {
  const unknown: FieldError[] = []
  for (const [name, text] of Object.entries(query)) {
    const read = readers.get(name)
    if (read === undefined) unknown.push({ path: `/${name}`, message: 'is not known here' })
    else input[name] = read(text)
  }
  if (unknown.length > 0) throw commonProblem('validation-failed', { errors: unknown.slice(0, 20) })
}

function refuseQuery(query: Record<string, unknown>): void {
  const [name] = Object.keys(query)
  if (name === undefined) return
  throw commonProblem('validation-failed', { errors: [{ path: `/${name}`, message: 'belongs in the body' }] })
}

function readBody(body: unknown, pathParameters: readonly string[]): object {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw commonProblem('validation-failed', { errors: [{ path: '', message: 'must be an object' }] })
  }
  for (const name of pathParameters) {
    if (name in body) {
      throw commonProblem('validation-failed', { errors: [{ path: `/${name}`, message: 'belongs in the path' }] })
    }
  }
  return body
}

/** Parses `If-Match: "12"` into 12. @throws `validation-failed` when it is not one of our entity tags. */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined
  const version = /^"(\d{1,15})"$/.exec(header)?.[1]
  if (version === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: 'If-Match', message: 'is not an ETag of ours' }] })
  }
  return Number(version)
}

/** @throws `validation-failed` unless it is 1–255 printable ASCII characters. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw commonProblem('validation-failed', {
    errors: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable characters' }],
  })
}
