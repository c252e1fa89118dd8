/** JSON Schemas in words. */

export type Schema = { readonly [key: string]: unknown }

export interface SchemaObject {
  readonly properties: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** The type, limits, default and description of a schema, on one line. */
export function describeSchema(schema: Schema): string {
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Schema[]).map(describeSchema).join(' or ')
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const parts = [String(schema.type ?? 'any')]
  if (schema.type === 'array') parts.push(`of ${describeSchema((schema.items ?? {}) as Schema)}`)
  if (schema.type === 'object') parts.push(`{ ${Object.keys((schema.properties ?? {}) as object).join(', ')} }`)
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    parts.push(`${schema.minLength ?? 0}–${schema.maxLength ?? '∞'} characters`)
  }
  if (schema.minimum !== undefined) parts.push(`${schema.minimum}–${schema.maximum ?? '∞'}`)
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`)
  if (typeof schema.description === 'string') parts.push(`— ${schema.description}`)
  return parts.join(' ')
}
