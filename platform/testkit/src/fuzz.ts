/** Drives every operation from its own schema with good, nearly good and hostile input, and watches the answers. */
import { type Contract, problemCatalogue } from '@octet/contracts'
import type { HttpApp } from '@octet/http'
import { type CompiledOperation, operationsOf } from '@octet/kernel'
import fc from 'fast-check'

type Schema = Record<string, unknown>

export interface FuzzOptions {
  readonly contracts: readonly Contract[]
  /** A token that most operations accept; every other request goes without. */
  readonly token: string
  /** Requests per operation. */
  readonly runs: number
  /** Repeats a run; printed with every finding. */
  readonly seed: number
  /** Operations that cost much (password hashes): they get a tenth of the runs. */
  readonly slow: RegExp
}

const slowMs = 5_000
/** Words no answer may contain: they would show the inside. */
const leaks = /\bat \S+ \(|node_modules|\/src\/|select .* from|PostgresError|ECONNREFUSED/i

/** What tends to break parsers, databases and renderers. */
const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1e308,
  2 ** 53,
  0.1,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e',
  '\u200b',
  'a'.repeat(5_000),
  '../../etc/passwd',
  '%00',
  '%',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  '=cmd()',
  '{{7*7}}',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: 1 },
  Array(200).fill('x'),
  'NaN',
  'https://[::1',
  'javascript:alert(1)',
]

/** One sentence for every answer that should not be: 5xx, leaks, undeclared codes, wrong types, slowness. */
export async function fuzzFindings(app: HttpApp, options: FuzzOptions): Promise<string[]> {
  const catalogue = problemCatalogue(options.contracts)
  const findings: string[] = []
  for (const contract of options.contracts) {
    for (const operation of operationsOf(contract).values()) {
      if (operation.route === undefined) continue
      const numRuns = options.slow.test(operation.fullName) ? Math.ceil(options.runs / 10) : options.runs
      const inputs = fc.sample(inputOf(operation), { numRuns, seed: options.seed })
      for (const [index, input] of inputs.entries()) {
        const said = await askOnce(app, operation, {
          input,
          token: index % 2 === 0 ? options.token : undefined,
          catalogue,
        })
        if (said !== undefined)
          findings.push(`${operation.fullName} (seed ${options.seed}): ${said} for ${show(input)}`)
      }
    }
  }
  return findings
}

interface Question {
  readonly input: Record<string, unknown>
  readonly token: string | undefined
  readonly catalogue: ReadonlyMap<string, { status: number }>
}

async function askOnce(app: HttpApp, operation: CompiledOperation, { input, token, catalogue }: Question) {
  const startedMs = performance.now()
  const answer = await app.inject(requestFor(operation, input, token))
  const { statusCode: status, body } = answer
  if (status >= 500) return `status ${status}`
  if (performance.now() - startedMs > slowMs) return `no answer within ${slowMs} ms`
  if (leaks.test(body)) return `an answer that shows the inside: ${body.slice(0, 200)}`
  if (status < 400)
    return status === 204 || operation.spec.answers !== undefined || operation.output.Check(answer.json())
      ? undefined
      : `${status} outside the contract: ${body.slice(0, 200)}`
  if (!String(answer.headers['content-type']).startsWith('application/problem+json'))
    return `${status} that is not a problem`
  const { code } = answer.json() as { code: string }
  if (catalogue.get(code)?.status !== status) return `${status} with code ${code}, which the catalogue does not know`
  return undefined
}

function requestFor(operation: CompiledOperation, input: Record<string, unknown>, token: string | undefined) {
  const { route } = operation
  if (route === undefined) throw new Error(`${operation.fullName} has no route`)
  const rest = { ...input }
  const url = route.url.replace(/:(\w+)/g, (_match, name: string) => {
    const value = rest[name]
    delete rest[name]
    const part = encodeURIComponent(wellFormed(textFor(value)))
    // No client can send these as a part of a path: `/users/.` is `/users/` before it leaves, another operation.
    return part === '' || part === '.' || part === '..' ? 'x' : part
  })
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE'
  const query = new URLSearchParams()
  const body: [string, unknown][] = []
  for (const [name, value] of Object.entries(rest)) {
    if (hasBody && !route.query.has(name)) body.push([name, value])
    else if (value !== undefined) query.append(name, wellFormed(textFor(value)))
  }
  const address = query.size === 0 ? url : `${url}?${query}`
  if (!hasBody) return { method: route.method, url: address, headers: authorization }
  return { method: route.method, url: address, headers, payload: JSON.stringify(Object.fromEntries(body)) }
}

function textFor(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function wellFormed(text: string): string {
  return text.toWellFormed()
}

/** Half of the inputs fit the schema; the others differ from it in one place. */
function inputOf({ spec }: CompiledOperation): fc.Arbitrary<Record<string, unknown>> {
  const schema = spec.input as unknown as Schema
  const good = schemaValue(schema) as fc.Arbitrary<Record<string, unknown>>
  const names = Object.keys((schema.properties ?? {}) as object)
  const bad = fc
    .tuple(good, fc.constantFrom(...names, 'unexpected', '__proto__'), fc.constantFrom(...hostile))
    .map(([input, name, value]) => ({ ...input, [name]: value }))
  return fc.oneof(good, bad)
}

function schemaValue(schema: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.anyOf)) return fc.oneof(...(schema.anyOf as Schema[]).map(schemaValue))
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  switch (schema.type) {
    case 'object': {
      const properties = (schema.properties ?? {}) as Record<string, Schema>
      const arbitraries = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, schemaValue(one)]))
      return fc.record(arbitraries, { requiredKeys: (schema.required ?? []) as string[], noNullPrototype: true })
    }
    case 'array':
      return fc.array(schemaValue((schema.items ?? {}) as Schema), { maxLength: Number(schema.maxItems ?? 5) })
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 1_000) })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return textOf(schema)
  }
}

function textOf(schema: Schema): fc.Arbitrary<string> {
  if (Array.isArray(schema.examples)) return fc.constantFrom(...(schema.examples as string[]))
  if (typeof schema.pattern === 'string')
    return fc.stringMatching(new RegExp(schema.pattern)).map(text => text.slice(0, Number(schema.maxLength ?? 100)))
  return fc.string({
    minLength: Number(schema.minLength ?? 0),
    maxLength: Math.min(40, Number(schema.maxLength ?? 40)),
    unit: 'grapheme',
  })
}

function show(input: unknown): string {
  return JSON.stringify(input).slice(0, 300)
}
