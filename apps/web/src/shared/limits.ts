/**
 * The limits that a contract sets for a field. Only the `limits.ts` of features call this. `build/limits.ts` runs those
 * files during the build and ships their values, so no schema reaches the browser.
 */
import type { Operation } from '@octet/contracts'

/** Bounds of a text's length, a number or a list, depending on the field. */
export interface Limit {
  readonly min: number
  readonly max: number
  /** The pattern of a text, as the source of a regular expression. */
  readonly pattern?: string
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly maxLength?: number
  readonly minLength?: number
  readonly maximum?: number
  readonly minimum?: number
  readonly maxItems?: number
  readonly minItems?: number
  readonly pattern?: string
}

/** The schema itself, or its variant that is not `null`. */
function whole(schema: Schema): Schema {
  return schema.anyOf?.find(({ properties, maxLength, maximum }) => properties ?? maxLength ?? maximum) ?? schema
}

/**
 * The bounds of one input field; the path is like `utm.source`, or `rules.[].name` for a field of each item. Throws
 * when the field does not exist or has no upper bound, which fails the build.
 */
export function limitOf({ input }: Operation, path: string): Limit {
  let schema = whole(input as Schema)
  for (const step of path.split('.')) {
    const next = step === '[]' ? schema.items : schema.properties?.[step]
    if (next === undefined) throw new Error(`no field "${path}" in this input`)
    schema = whole(next)
  }
  const bound = schema.maxLength ?? schema.maximum ?? schema.maxItems
  // The pattern alone may bound a text.
  const max = bound ?? (schema.pattern === undefined ? undefined : Number.MAX_SAFE_INTEGER)
  if (max === undefined) throw new Error(`the field "${path}" has no upper bound`)
  const min = schema.minLength ?? schema.minimum ?? schema.minItems ?? 0
  return schema.pattern === undefined ? { min, max } : { min, max, pattern: schema.pattern }
}

/** Whether a text is within the limit of its field. */
export function fits(text: string, { min, max, pattern = '' }: Limit): boolean {
  return text.length >= min && text.length <= max && new RegExp(pattern).test(text)
}
