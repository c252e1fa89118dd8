/** How an operation and its input look as an HTTP request: used by every client and by the documentation. */
import type { Operation } from './define.ts'

export const apiPrefix = '/api/v1'

export interface ApiRequest {
  readonly method: string
  /** Path with query, from the root of the site. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> | undefined
}

/** Path parameters are taken from the input by name; the rest is the query (GET, DELETE) or the JSON body. */
export function requestOf(operation: Operation, input: object): ApiRequest {
  if (operation.http === undefined) throw new Error('this operation has no public route')
  const [method = '', route = ''] = operation.http.split(' ')
  const rest: Record<string, unknown> = { ...input }
  const path = route.replace(/:(\w+)/g, (_match, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET' && method !== 'DELETE') return { method, path: `${apiPrefix}${path}`, body: rest }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value))
  return { method, path: `${apiPrefix}${path}${query.size > 0 ? `?${query}` : ''}`, body: undefined }
}
