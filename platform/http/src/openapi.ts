/** OpenAPI 3.1 from the contracts; TypeBox schemas are JSON Schema already. */
import { type Access, type Contract, problemCatalogue, realtimeEventsPath, streamNamePattern } from '@octet/contracts'
import { type CompiledOperation, operationsOf } from '@octet/kernel'

const commonCodes = ['validation-failed', 'rate-limited', 'internal', 'unavailable', 'deadline-exceeded']

export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly info: { title: string; version: string; description: string }
  readonly servers: { url: string }[]
  readonly tags: { name: string }[]
  readonly paths: Record<string, Record<string, unknown>>
  readonly components: Record<string, unknown>
}

/** The document for the given contracts. `origin` becomes the server address. */
export function openApi(contracts: readonly Contract[], origin: string): OpenApi {
  const paths: Record<string, Record<string, unknown>> = {}
  const catalogue = problemCatalogue(contracts)
  for (const contract of contracts) {
    for (const operation of operationsOf(contract).values()) {
      if (operation.route === undefined) continue
      const path = operation.route.url.replace(/:([A-Za-z]+)/g, '{$1}')
      const item = paths[path] ?? {}
      item[operation.route.method.toLowerCase()] = operationObject(operation, catalogue)
      paths[path] = item
    }
  }
  paths[realtimeEventsPath] = { get: eventStreamObject(catalogue) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Octet',
      version: '1',
      description: 'Eight backends on one platform. Errors are RFC 9457 problems.',
    },
    servers: [{ url: origin }],
    tags: [...contracts.map(({ name }) => ({ name })), { name: 'realtime' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
    },
  }
}

function operationObject(
  operation: CompiledOperation,
  catalogue: ReadonlyMap<string, { status: number; title: string }>,
) {
  const { spec, route, module, name } = operation
  if (route === undefined) throw new Error(`${operation.fullName} has no route`)
  const { properties, required = [] } = spec.input as { properties: Record<string, object>; required?: string[] }
  const parameters = [
    ...route.pathParameters.map(key => ({ name: key, in: 'path', required: true, schema: properties[key] })),
    ...[...route.query.keys()].map(key => ({
      name: key,
      in: 'query',
      required: required.includes(key),
      schema: properties[key],
    })),
    ...(spec.retry === 'keyed'
      ? [header('Idempotency-Key', 'Repeat with the same key: acts once, answers alike.')]
      : []),
    ...(spec.versioned === true && route.method !== 'GET' ? [header('If-Match', 'The ETag you last read.')] : []),
  ]
  const status = spec.status ?? 200
  const { answers, accepts } = spec
  const content = answers === undefined ? json(spec.output) : textual(answers)
  const success = status === 204 ? { description: 'Done' } : { description: 'Success', content }
  return {
    operationId: `${module}.${name}`,
    tags: [module],
    summary: spec.summary,
    description: describeAccess(spec.access),
    ...(spec.access.kind === 'anyone' ? {} : { security: [{ bearer: [] }] }),
    parameters,
    ...(route.body.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              ...json(bodySchema(properties, required, route.body)),
              ...(accepts === undefined ? {} : textual([accepts.type])),
            },
          },
        }),
    responses: { [status]: success, ...problemResponses(operation, catalogue) },
  }
}

function problemResponses(
  { spec, route }: CompiledOperation,
  catalogue: ReadonlyMap<string, { status: number; title: string }>,
) {
  const codes = [...spec.problems]
  if (spec.access.kind !== 'anyone') codes.push('unauthenticated', 'forbidden')
  if ('fresh' in spec.access && spec.access.fresh === true) codes.push('fresh-sign-in-required')
  if ('verified' in spec.access && spec.access.verified === true) codes.push('email-unverified')
  if ((route?.pathParameters.length ?? 0) > 0) codes.push('not-found')
  if (spec.retry === 'keyed') codes.push('idempotency-in-flight', 'idempotency-key-reused')
  if (spec.versioned === true && route?.method !== 'GET') codes.push('version-mismatch')
  if ((route?.body.length ?? 0) > 0) codes.push('payload-too-large', 'unsupported-media-type')
  return problemsByStatus(codes, catalogue)
}

function problemsByStatus(codes: readonly string[], catalogue: ReadonlyMap<string, { status: number; title: string }>) {
  const byStatus = new Map<number, string[]>()
  for (const code of [...commonCodes, ...codes]) {
    const problem = catalogue.get(code)
    if (problem === undefined) throw new Error(`no problem "${code}" in the catalogue`)
    byStatus.set(problem.status, [...(byStatus.get(problem.status) ?? []), `\`${code}\` ${problem.title}`])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      {
        description: lines.join('\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

/** The route of platform/runtime/src/event-streams.ts. It belongs to no contract, because it answers with a stream. */
function eventStreamObject(catalogue: ReadonlyMap<string, { status: number; title: string }>) {
  return {
    operationId: 'realtime.followStream',
    tags: ['realtime'],
    summary: 'Follow a live stream as server-sent events',
    description: describeAccess({ kind: 'signed-in' }),
    security: [{ bearer: [] }],
    parameters: [
      { name: 'stream', in: 'query', required: true, schema: { type: 'string', pattern: streamNamePattern } },
      {
        name: 'after',
        in: 'query',
        required: false,
        description: 'The id of the last event you have: `SEQ` or `SEQ@EPOCH`.',
        schema: { type: 'string' },
      },
      header('Last-Event-ID', 'As `after`, and it takes precedence. `EventSource` sends it when it reconnects.'),
    ],
    responses: {
      200: { description: 'Success', content: textual(['text/event-stream']) },
      ...problemsByStatus(['unauthenticated', 'forbidden'], catalogue),
    },
  }
}

/** Describes who may call the operation. */
export function describeAccess(access: Access): string {
  const fresh = 'fresh' in access && access.fresh === true ? ' within the last ten minutes' : ''
  switch (access.kind) {
    case 'anyone':
      return 'Anyone.'
    case 'signed-in':
      return 'Signed in.'
    case 'user':
      return `Signed in${fresh}; scope \`${access.scope}\`${access.verified === true ? '; proved e-mail address' : ''}.`
    case 'permission':
      return `Permission \`${access.permission}\`${fresh === '' ? '' : `;${fresh}`}.`
    case 'service':
      return 'Other modules only.'
  }
}

function bodySchema(properties: Record<string, object>, required: readonly string[], names: readonly string[]) {
  return {
    type: 'object',
    properties: Object.fromEntries(names.map(name => [name, properties[name]])),
    required: required.filter(name => names.includes(name)),
    additionalProperties: false,
  }
}

function header(name: string, description: string) {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } }
}

/** Content types other than JSON. */
function textual(types: readonly string[]) {
  return Object.fromEntries(types.map(type => [type, { schema: { type: 'string' } }]))
}

function json(schema: unknown) {
  return { 'application/json': { schema } }
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    retryAfterMs: { type: 'number' },
    data: { type: 'object', description: 'data that lets a program continue, only for problems that document it' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
}
