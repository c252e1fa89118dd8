/** Example values of schemas: for the documentation, and for collections of requests. */
import type { TSchema } from 'typebox'
import type { Operation } from './define.ts'

type Json = Readonly<Record<string, unknown>>

/** A believable value of the schema: its own example or default, else the smallest plain value. */
export function exampleOf(schema: TSchema): unknown {
  return sampleOf(schema as Json)
}

/**
 * Input to begin with: path parameters and what is required; the whole body when none of it is. A text that may be the
 * whole body is left out.
 */
export function exampleInput({ http, input, accepts }: Operation): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = input as unknown as ObjectSchema
  const inPath = [...(http ?? '').matchAll(/:(\w+)/g)].map(([, name]) => name)
  const inBody = Object.keys(properties).filter(name => !inPath.includes(name))
  const hasBody = !/^(GET|DELETE) /.test(http ?? 'GET ')
  const wanted = inBody.filter(name => required.includes(name))
  const shown = wanted.length === 0 && hasBody && accepts === undefined ? inBody : wanted
  const entries = Object.entries(properties).flatMap(([name, schema]): [string, unknown][] => {
    if (inPath.includes(name)) return [[name, pathExample(name, schema)]]
    return shown.includes(name) && name !== accepts?.property ? [[name, sampleOf(schema)]] : []
  })
  return Object.fromEntries(entries)
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
}

/** A dummy that can stand in a URL. */
function pathExample(name: string, schema: Json): unknown {
  const value = sampleOf(schema)
  return value === unknownText ? name : value
}

const exampleId = '019a0000-0000-7000-8000-000000000000'
const unknownText = '…'

function sampleOf(schema: Json): unknown {
  const { examples, enum: choices, anyOf, type, minimum = 0 } = schema
  if (Array.isArray(examples)) return examples[0]
  if ('default' in schema) return schema.default
  if (Array.isArray(choices)) return choices[0]
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0])
  switch (type) {
    case 'object': {
      const properties = Object.entries((schema as ObjectSchema).properties ?? {})
      return Object.fromEntries(properties.map(([name, value]) => [name, sampleOf(value)]))
    }
    case 'array':
      return [sampleOf((schema.items ?? {}) as Json)]
    case 'integer':
    case 'number':
      return minimum
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return schema.description === 'UUIDv7' ? exampleId : unknownText
  }
}
