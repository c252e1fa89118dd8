/** A readable view of a room: encrypted messages, and sends under way, as the reader decrypts them. */
import type { KeptSend } from '@octet/realtime-client'
import type { Pending } from '../streams/outbox.ts'
import type { KnownMessage } from '../streams/room-log.ts'
import type { Opener } from '../streams/room-store.ts'
import type { Reader } from './vault.ts'

/** Objects keep their identity while their content is unchanged, so that they do not render again. */
export function openerOf(reader: Reader): Opener {
  const opened = new WeakMap<
    KnownMessage,
    { readonly text: string | null | undefined; readonly message: KnownMessage }
  >()

  function openMessage(message: KnownMessage): KnownMessage {
    if (message.deletedAt !== null) return message
    const text = reader.textOf(message)
    const known = opened.get(message)
    if (known !== undefined && known.text === text) return known.message
    const shown: KnownMessage =
      typeof text === 'string'
        ? { ...message, body: text }
        : { ...message, body: '', sealed: text === null ? 'closed' : 'opening' }
    opened.set(message, { text, message: shown })
    return shown
  }

  const textOf = (body: unknown) => (typeof body === 'string' ? (reader.textOf({ body }) ?? '') : body)
  const openPending = (pending: Pending): Pending => ({ ...pending, body: String(textOf(pending.body)) })
  const openSend = (send: KeptSend): KeptSend => ({ ...send, body: { ...send.body, body: textOf(send.body.body) } })

  const open: Opener['open'] = view => {
    const { log, pending, waiting } = view
    const unknown = [...log.byId.values()].filter(each => each.deletedAt === null && reader.textOf(each) === undefined)
    reader.ask([...unknown, ...pending.filter(each => reader.textOf({ body: each.body }) === undefined)])
    const byId = new Map([...log.byId].map(([id, message]) => [id, openMessage(message)]))
    return {
      ...view,
      log: { ...log, byId },
      pending: pending.map(openPending),
      waiting: waiting.map(send => (send.type === 'edit' ? openSend(send) : send)),
    }
  }
  return { open, subscribe: reader.subscribe }
}
