/** A contract's operation, compiled once: checked input, checked output, and where its route puts each property. */
import { apiPrefix, type Contract, commonProblem, type FieldError, type Method, type Operation } from '@octet/contracts'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

export interface CompiledOperation {
  readonly module: string
  readonly name: string
  /** `links.createLink`: for logs, metrics and spans. */
  readonly fullName: string
  readonly spec: Operation
  readonly route: Route | undefined
  readonly input: Validator
  readonly output: Validator
}

export interface Route {
  readonly method: Method
  /** With the prefix, in Fastify's syntax: `/api/v1/links/:id`. */
  readonly url: string
  readonly pathParameters: readonly string[]
  /**
   * Input properties that travel in the query string (GET, DELETE, beside a body that is not JSON) and how to read
   * them from text.
   */
  readonly query: ReadonlyMap<string, (text: string | string[]) => unknown>
  /** Input properties that travel in a JSON body. */
  readonly body: readonly string[]
}

const fieldErrorsMax = 20

const compiled = new WeakMap<Contract, ReadonlyMap<string, CompiledOperation>>()

/** All operations of a contract, compiled on first use and shared by every placement in the process. */
export function operationsOf(contract: Contract): ReadonlyMap<string, CompiledOperation> {
  const known = compiled.get(contract)
  if (known !== undefined) return known
  const operations = new Map<string, CompiledOperation>()
  for (const [name, spec] of Object.entries(contract.operations)) {
    operations.set(name, {
      module: contract.name,
      name,
      fullName: `${contract.name}.${name}`,
      spec,
      route: spec.http === undefined ? undefined : routeOf(spec),
      input: Compile(spec.input),
      output: Compile(spec.output),
    })
  }
  compiled.set(contract, operations)
  return operations
}

function routeOf(spec: Operation): Route {
  const [method, path] = (spec.http ?? '').split(' ') as [Method, string]
  const pathParameters = [...path.matchAll(/:([A-Za-z]+)/g)].map(match => match[1] as string)
  const rest = Object.entries(spec.input.properties).filter(([name]) => !pathParameters.includes(name))
  const bodyless = method === 'GET' || method === 'DELETE'
  const { accepts } = spec
  const inQuery = (name: string) => bodyless || (accepts !== undefined && name !== accepts.property)
  return {
    method,
    url: apiPrefix + path,
    pathParameters,
    query: new Map(rest.filter(([name]) => inQuery(name)).map(([name, schema]) => [name, readerOf(schema)])),
    body: rest.map(([name]) => name).filter(name => !inQuery(name)),
  }
}

/** Text in a URL → the type the schema wants. What does not fit stays text, and validation names it. */
function readerOf(schema: TSchema): (text: string | string[]) => unknown {
  const { type } = schema as { type?: string }
  if (type === 'array') return text => (Array.isArray(text) ? text : [text])
  if (type === 'integer' || type === 'number') {
    return text => (typeof text === 'string' && /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text)
  }
  if (type === 'boolean') return text => (text === 'true' ? true : text === 'false' ? false : text)
  return text => text
}

/** Throws `validation-failed` naming each wrong property, unless the input is as the contract says. */
export function checkInput(operation: CompiledOperation, input: unknown): void {
  if (operation.input.Check(input)) return
  throw commonProblem('validation-failed', { errors: fieldErrors(operation.input, input) })
}

/** An `Error` and not a `Problem`: our own code broke its promise. */
export function checkOutput(operation: CompiledOperation, output: unknown): void {
  if (operation.output.Check(output)) return
  const [first] = fieldErrors(operation.output, output)
  throw new Error(`${operation.fullName} answered outside its contract: ${first?.path} ${first?.message}`)
}

function fieldErrors(validator: Validator, value: unknown): FieldError[] {
  const errors = new Map<string, FieldError>()
  for (const error of validator.Errors(value)) {
    const params = error.params as { additionalProperties?: string[]; requiredProperties?: string[] }
    const names = params.requiredProperties ?? params.additionalProperties ?? ['']
    for (const name of names) {
      const path = name === '' ? error.instancePath : `${error.instancePath}/${name}`
      if (!errors.has(path)) errors.set(path, { path, message: messageOf(error.keyword, error.message) })
      if (errors.size >= fieldErrorsMax) return [...errors.values()]
    }
  }
  return [...errors.values()]
}

function messageOf(keyword: string, message: string): string {
  if (keyword === 'required') return 'is required'
  if (keyword === 'additionalProperties') return 'is not known here'
  return message
}
