/**
 * What `JSON.parse(JSON.stringify(value))` gives, without the text between: nothing is shared with `value`, and what
 * JSON drops (undefined, functions) or changes (dates, NaN) is dropped and changed here. For an object of 0.8 KB it
 * takes a fifth of the round trip's time and an eighth of `structuredClone`'s: 1.1, 5.9 and 8.1 µs on a busy machine,
 * and a local call as a whole 3.4 instead of 8.1 (`npm run bench -- calls`).
 */
export function jsonCopy(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // JSON has no word for the others, and no minus before zero.
      return Number.isFinite(value) ? value + 0 : null
    case 'object':
      return value === null ? null : copyObject(value)
    case 'bigint':
      throw new TypeError('a BigInt cannot be sent; write it as text')
    default:
      return undefined
  }
}

function copyObject(value: object): unknown {
  if (Array.isArray(value)) return copyArray(value)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return jsonCopy(toJSON.call(value, ''))
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const property = jsonCopy((value as Record<string, unknown>)[name])
    if (property === undefined) continue
    // Assigned like the others, this one name would set the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { ...plainProperty, value: property })
    else copy[name] = property
  }
  return copy
}

const plainProperty = { enumerable: true, configurable: true, writable: true }

function copyArray(value: readonly unknown[]): unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < value.length; index++) {
    const item = jsonCopy(value[index])
    copy.push(item === undefined ? null : item)
  }
  return copy
}
