/** Serializes answers by the schemas of their operations. */
import buildSerializer from 'fast-json-stringify'

type Serialize = (body: unknown) => string

/**
 * Compiled for the first answer of the operation. Compiling the schemas of all operations takes 0.3 seconds of every
 * start, and a process answers few of them.
 */
export function lazySerializer(schema: object): Serialize {
  let serialize: Serialize | undefined
  return body => {
    serialize ??= buildSerializer(schema)
    return serialize(body)
  }
}
