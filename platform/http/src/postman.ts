/** A Postman collection (v2.1) from the contracts: one folder per module, one request per operation. */
import { type Contract, exampleInput, exampleOf } from '@octet/contracts'
import { type CompiledOperation, operationsOf } from '@octet/kernel'
import { describeAccess } from './openapi.ts'

interface Pair {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly disabled?: boolean
}

interface PostmanRequest {
  readonly method: string
  readonly description: string
  readonly auth?: { readonly type: 'noauth' }
  readonly header: readonly Pair[]
  readonly url: {
    readonly raw: string
    readonly host: readonly string[]
    readonly path: readonly string[]
    readonly query?: readonly Pair[]
    readonly variable?: readonly Pair[]
  }
  readonly body?: { readonly mode: 'raw'; readonly raw: string; readonly options: object }
}

interface PostmanItem {
  readonly name: string
  readonly request: PostmanRequest
  readonly event?: readonly object[]
  readonly response: readonly []
}

export interface PostmanCollection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: string }
  readonly auth: object
  readonly variable: readonly Pair[]
  readonly item: readonly { readonly name: string; readonly item: readonly PostmanItem[] }[]
}

/** The collection for the given contracts. `origin` is the initial value of the variable `{{origin}}`. */
export function postmanCollection(contracts: readonly Contract[], origin: string): PostmanCollection {
  return {
    info: {
      name: 'Octet',
      description: 'Create an account or sign in first: the token goes to {{token}}, which the other requests send.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'origin', value: origin },
      { key: 'token', value: '' },
    ],
    item: contracts.map(contract => ({
      name: contract.name,
      item: [...operationsOf(contract).values()].flatMap(operation => itemOf(operation)),
    })),
  }
}

function itemOf(operation: CompiledOperation): PostmanItem[] {
  const { spec, route } = operation
  if (route === undefined) return []
  const input = exampleInput(spec)
  const request: PostmanRequest = {
    method: route.method,
    description: describeAccess(spec.access),
    // An empty or expired token would be refused even on public requests.
    ...(spec.access.kind === 'anyone' ? { auth: { type: 'noauth' } } : {}),
    header: headersOf(operation),
    url: urlOf(operation, input),
    ...bodyOf(operation, input),
  }
  return [{ name: spec.summary, request, ...keepingToken(operation), response: [] }]
}

function headersOf({ spec, route }: CompiledOperation): Pair[] {
  const contentType = spec.accepts?.type ?? 'application/json'
  return [
    ...(route !== undefined && route.body.length > 0 ? [{ key: 'Content-Type', value: contentType }] : []),
    ...(spec.retry === 'keyed' ? [{ key: 'Idempotency-Key', value: '{{$guid}}' }] : []),
    ...(spec.versioned === true && route?.method !== 'GET'
      ? [{ key: 'If-Match', value: '"1"', description: 'The version you last read', disabled: true }]
      : []),
  ]
}

function urlOf({ spec, route }: CompiledOperation, input: Readonly<Record<string, unknown>>): PostmanRequest['url'] {
  const url = route?.url ?? ''
  const query = [...(route?.query.keys() ?? [])].map(key => {
    // Optional parameters start disabled; the user can enable them.
    return { key, value: textOf(input[key] ?? exampleOf(propertiesOf(spec)[key] ?? {})), disabled: !(key in input) }
  })
  const variable = (route?.pathParameters ?? []).map(key => ({ key, value: textOf(input[key]) }))
  const sent = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${encodeURIComponent(value)}`)
  return {
    raw: `{{origin}}${url}${sent.length > 0 ? `?${sent.join('&')}` : ''}`,
    host: ['{{origin}}'],
    path: url.slice(1).split('/'),
    ...(query.length > 0 ? { query } : {}),
    ...(variable.length > 0 ? { variable } : {}),
  }
}

function bodyOf({ spec, route }: CompiledOperation, input: Readonly<Record<string, unknown>>) {
  if (route === undefined || route.body.length === 0) return {}
  const body = Object.fromEntries(route.body.flatMap(name => (name in input ? [[name, input[name]]] : [])))
  const text =
    spec.accepts === undefined ? undefined : String(exampleOf(propertiesOf(spec)[spec.accepts.property] ?? {}))
  const options = { raw: { language: text === undefined ? 'json' : 'text' } }
  return { body: { mode: 'raw', raw: text ?? JSON.stringify(body, null, 2), options } } as const
}

function propertiesOf({ input }: CompiledOperation['spec']): Readonly<Record<string, object>> {
  return (input as unknown as { properties: Readonly<Record<string, object>> }).properties
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

/** A request whose answer has an access token stores it in the variable that the other requests use. */
function keepingToken({ spec }: CompiledOperation): { event?: readonly object[] } {
  const { properties = {} } = spec.output as unknown as { properties?: Readonly<Record<string, unknown>> }
  if (!('accessToken' in properties)) return {}
  const exec = [
    'const { accessToken } = pm.response.code < 300 ? pm.response.json() : {}',
    "if (accessToken) pm.collectionVariables.set('token', accessToken)",
  ]
  return { event: [{ listen: 'test', script: { type: 'text/javascript', exec } }] }
}
