/** Unique words for every text that an account can write: the erasure test looks for them afterwards. */
import { randomBytes } from 'node:crypto'
import { globSync } from 'node:fs'
import type { TestApp } from '@octet/testkit'

/** One unique word, and the field it was written to. */
export interface Written {
  readonly canary: string
  readonly place: string
}

/** What a system adds to the fields that the contract alone can fill: objects that need a host, a scope or an id. */
export interface SystemCanaries {
  write(scene: CanaryScene): Promise<void>
  /** Operations that must succeed in the test; without them it would search for fewer traces than it claims. */
  readonly mustSucceed: readonly string[]
}

export interface CanaryScene {
  readonly app: TestApp
  readonly token: string
  /** Values for fields of these names, used by later operations. */
  readonly known: Record<string, unknown>
  /** A new word for a field. */
  word(place: string): string
  /** Remembers the object for deletion; returns its id. */
  keep(made: { readonly id: string }): string
  /** Drops a word that a later change overwrites in every table. */
  overwritten(place: string): void
}

export type Schema = Record<string, unknown>

/** Makes input that fits a schema and puts a unique word into every text field. */
export function createWriter(known: Readonly<Record<string, unknown>>) {
  const written: Written[] = []
  const word = (place: string) => {
    const canary = `cn${randomBytes(7).toString('hex')}`
    written.push({ canary, place })
    return canary
  }
  const text = (schema: Schema, place: string): string => {
    const { pattern, maxLength } = schema
    const canary = word(place)
    const tries = [canary, `https://example.org/${canary}`, `${canary}@example.org`, `+491${canary}`]
    const fits = (value: string) =>
      (pattern === undefined || new RegExp(String(pattern), 'u').test(value)) &&
      value.length <= Number(maxLength ?? 1e6)
    if (/url|target|location/i.test(place)) return tries[1] ?? ''
    const found = tries.find(fits)
    if (found !== undefined) return found
    written.pop()
    return Array.isArray(schema.examples) ? String(schema.examples[0]) : canary.slice(0, Number(maxLength ?? 16))
  }
  const value = (schema: Schema, place: string): unknown => {
    const name = place.split('.').at(-1) ?? ''
    if (name in known) return known[name]
    if (Array.isArray(schema.anyOf)) return value(schema.anyOf[0] as Schema, place)
    if (Array.isArray(schema.enum)) return schema.enum[0]
    if ('const' in schema) return schema.const
    if (schema.type === 'object') {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      return Object.fromEntries(properties.map(([key, one]) => [key, value(one, `${place}.${key}`)]))
    }
    if (schema.type === 'array') return [value((schema.items ?? {}) as Schema, `${place}[]`)]
    if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, Number(schema.minimum ?? 1))
    if (schema.type === 'boolean') return true
    return text(schema, place)
  }
  return { written, value }
}

/** The canaries of every system: each file in `canaries/`. */
export const systemCanaries: readonly SystemCanaries[] = await Promise.all(
  globSync('*.ts', { cwd: new URL('./canaries/', import.meta.url) })
    .sort()
    .map(async file => {
      const url = new URL(`./canaries/${file}`, import.meta.url)
      return ((await import(url.href)) as { canaries: SystemCanaries }).canaries
    }),
)

/** Writes the canaries of every system. */
export async function writeMore(app: TestApp, token: string, known: Record<string, unknown>, ids: string[]) {
  let written: Written[] = []
  const scene: CanaryScene = {
    app,
    token,
    known,
    word(place) {
      const canary = `cn${randomBytes(7).toString('hex')}`
      written.push({ canary, place })
      return canary
    },
    keep({ id }) {
      ids.push(id)
      return id
    },
    overwritten(place) {
      written = written.filter(each => each.place !== place)
    },
  }
  for (const { write } of systemCanaries) await write(scene)
  return written
}
