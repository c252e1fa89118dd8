/** Example values of schemas: for the documentation, and for collections of requests. */
import { Id, type Operation } from './define.ts'

type Json = Readonly<Record<string, unknown>>

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly minProperties?: number
  readonly examples?: readonly Readonly<Record<string, unknown>>[]
}

/** A plausible value of the schema with all its properties: its own example or default, otherwise a plain value. */
export function exampleOf(schema: object): unknown {
  return sampleOf(schema as Json, () => true)
}

/**
 * A valid input to start from: the input's own example. Without one: path parameters and required properties, or the
 * whole body if nothing is required. A text that may be the whole body is left out.
 */
export function exampleInput({ http, input, accepts }: Operation): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [], examples } = input as unknown as ObjectSchema
  if (examples?.[0] !== undefined) return examples[0]
  const inPath = [...(http ?? '').matchAll(/:(\w+)/g)].map(([, name]) => name)
  const others = Object.keys(properties).filter(name => !inPath.includes(name))
  const wanted = others.filter(name => required.includes(name))
  const isWholeBody = wanted.length === 0 && http !== undefined && !/^(GET|DELETE) /.test(http)
  const shown = new Set(isWholeBody ? others : wanted)
  if (accepts !== undefined) shown.delete(accepts.property)
  const entries = Object.entries(properties).flatMap(([name, schema]): [string, unknown][] => {
    if (inPath.includes(name)) return [[name, pathExample(name, schema)]]
    return shown.has(name) ? [[name, sampleOf(schema, isRequired)]] : []
  })
  return Object.fromEntries(entries)
}

/** A value for a URL: the parameter's name where any text is valid. */
function pathExample(name: string, schema: Json): unknown {
  const value = sampleOf(schema, isRequired)
  return String(value).startsWith(anyText) ? name : value
}

const exampleId = '019a0000-0000-7000-8000-000000000000'
const anyText = '…'

function isRequired(name: string, { required = [], minProperties = 0 }: ObjectSchema): boolean {
  return required.includes(name) || required.length < minProperties
}

function sampleOf(schema: Json, takes: (name: string, of: ObjectSchema) => boolean): unknown {
  const { examples, enum: choices, anyOf, type, minimum = 0, minLength = 1, pattern } = schema
  if (Array.isArray(examples)) return examples[0]
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (Array.isArray(choices)) return choices[0]
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0], takes)
  switch (type) {
    case 'object': {
      const properties = Object.entries((schema as ObjectSchema).properties ?? {})
      const taken = properties.filter(([name]) => takes(name, schema as ObjectSchema))
      return Object.fromEntries(taken.map(([name, value]) => [name, sampleOf(value, takes)]))
    }
    case 'array':
      return [sampleOf((schema.items ?? {}) as Json, takes)]
    case 'integer':
    case 'number':
      return minimum
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return pattern === (Id as object as Json).pattern ? exampleId : anyText.repeat(Math.max(1, Number(minLength)))
  }
}
