/** Words that nobody else has, in whatever one person can write. */
import { randomBytes } from 'node:crypto'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import type { TestApp } from '@octet/testkit'

/** One secret word, and where it was written. */
export interface Written {
  readonly canary: string
  readonly place: string
}

export type Schema = Record<string, unknown>

/** Makes input that fits a schema and carries words nobody else has wherever a person could put one. */
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

/** What words alone do not make: it needs a host, a scope, or the id of something that was made before. */
export async function writeMore(app: TestApp, token: string, known: Record<string, unknown>, ids: string[]) {
  const written: Written[] = []
  const word = (place: string) => {
    const canary = `cn${randomBytes(7).toString('hex')}`
    written.push({ canary, place })
    return canary
  }
  const keep = <T extends { id: string }>(made: T) => {
    ids.push(made.id)
    return made.id
  }
  const [mine, hers, theirs] = [
    app.client(chat, { token }),
    app.client(links, { token }),
    app.client(identity, { token }),
  ]
  keep(await theirs.createApiKey({ name: word('createApiKey.name'), scopes: ['links:read'] }))
  keep(await hers.addDomain({ host: `${word('addDomain.host')}.example.org`, landingUrl: 'https://example.org/' }))
  const url = `https://example.org/${word('createWebhook.url')}`
  const events = ['link.created', 'link.deleted'] as const
  keep((await hers.createWebhook({ url, events: [...events], description: word('createWebhook.description') })).webhook)
  // Lies in the deliveries of that webhook.
  keep(await hers.createLink({ url: `https://example.org/${word('createLink.url')}` }))
  const room = await mine.createRoom({ name: word('createRoom.name'), topic: word('createRoom.topic') })
  const roomId = keep(room)
  const say = async (of: string) =>
    mine.sendMessage({ roomId, cmid: `cmid-${randomBytes(8).toString('hex')}`, body: word(`sendMessage.${of}`) })
  const [kept, taken] = [await say('kept'), await say('deleted')]
  await mine.editMessage({ roomId, messageId: kept.id, body: word('editMessage.body') })
  await mine.react({ roomId, messageId: kept.id, emoji: '👍', on: true })
  known.roomId = roomId
  known.messageId = taken.id
  // What was said first is in no table any more, but for where the log of the room keeps it.
  return written.filter(({ place }) => place !== 'sendMessage.kept')
}
