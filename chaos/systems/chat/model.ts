/** A room as a plain list: its messages in order, their current state, and the cursors of its members. */
import assert from 'node:assert/strict'
import type { Message, Room } from '@octet/contracts/chat'
import type { Response } from '@octet/testkit'
import fc from 'fast-check'
import { command, type Step } from '../model-command.ts'

export interface ModelMessage {
  readonly id: string
  readonly seq: number
  readonly author: number
  readonly cmid: string
  readonly replyTo: ModelMessage | null
  body: string
  isEdited: boolean
  isDeleted: boolean
  isPinned: boolean
  /** Members by emoji. */
  readonly reactions: Map<string, Set<number>>
}

interface Reading {
  read: number
  delivered: number
}

export interface RoomModel {
  readonly messages: ModelMessage[]
  /** Type and `seq` of the events that the room's log must contain. */
  readonly events: { readonly seq: number; readonly type: string }[]
  /** By account; the first one owns the room. */
  readonly members: Map<number, Reading>
  head: number
}

export interface RoomReal {
  readonly roomId: string
  /** Ids by account. */
  readonly people: readonly string[]
  ask(person: number, operation: string, input: object): Promise<Response>
}

type Of<Args> = Step<RoomModel, RoomReal, Args>
const owner = 0
let cmids = 0

function refused({ status, body }: Response, wanted: number, code: string): void {
  assert.deepEqual([status, (body as { code?: string }).code], [wanted, code])
}

function happens(model: RoomModel, type: string): number {
  model.head++
  model.events.push({ seq: model.head, type })
  return model.head
}

function pick({ messages }: RoomModel, index: number): ModelMessage {
  const found = messages[index % messages.length]
  assert.ok(found !== undefined)
  return found
}

/** The message as every member must see it. */
function same(got: Message, message: ModelMessage, { people }: RoomReal): void {
  const reactions = got.reactions.map(({ emoji, userIds }) => [emoji, [...userIds].sort()])
  const wanted = [...message.reactions].map(([emoji, who]) => [emoji, [...who].map(each => people[each]).sort()])
  assert.deepEqual(
    {
      ...{ id: got.id, seq: got.seq, authorId: got.authorId, cmid: got.cmid, body: got.body, isPinned: got.isPinned },
      ...{ isEdited: got.editedAt !== null, isDeleted: got.deletedAt !== null, replyToId: got.replyToId },
      reactions: reactions.sort(),
    },
    {
      ...{ id: message.id, seq: message.seq, authorId: people[message.author], cmid: message.cmid },
      ...{ body: message.body, isPinned: message.isPinned, isEdited: message.isEdited, isDeleted: message.isDeleted },
      ...{ replyToId: message.replyTo?.id ?? null, reactions: wanted.sort() },
    },
  )
}

const send: Of<{ person: number; body: string; replyTo: number | undefined; isSaidTwice: boolean }> = {
  async run(model, real, { person, body, replyTo: at, isSaidTwice }) {
    const replyTo = at === undefined || model.messages.length === 0 ? null : pick(model, at)
    const cmid = `model-cmid-${cmids++}`
    const input = { roomId: real.roomId, cmid, body, ...(replyTo === null ? {} : { replyToId: replyTo.id }) }
    const answer = await real.ask(person, 'sendMessage', input)
    if (!model.members.has(person)) return refused(answer, 403, 'chat.not-a-member')
    if (replyTo?.isDeleted === true) return refused(answer, 409, 'chat.message-gone')
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    const said = answer.body as Message
    const message: ModelMessage = {
      ...{ id: said.id, seq: happens(model, 'message'), author: person, cmid, replyTo, body },
      ...{ isEdited: false, isDeleted: false, isPinned: false, reactions: new Map() },
    }
    model.messages.push(message)
    same(said, message, real)
    if (!isSaidTwice) return
    assert.deepEqual((await real.ask(person, 'sendMessage', input)).body, said)
    refused(await real.ask(person, 'sendMessage', { ...input, body: `${body}, no` }), 409, 'chat.cmid-reused')
  },
}

const edit: Of<{ person: number; index: number; body: string }> = {
  when: ({ messages }) => messages.length > 0,
  async run(model, real, { person, index, body }) {
    const message = pick(model, index)
    const answer = await real.ask(person, 'editMessage', { roomId: real.roomId, messageId: message.id, body })
    if (!model.members.has(person)) return refused(answer, 403, 'chat.not-a-member')
    if (message.isDeleted) return refused(answer, 409, 'chat.message-gone')
    if (message.author !== person) return refused(answer, 403, 'chat.not-yours')
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    Object.assign(message, { body, isEdited: true })
    happens(model, 'message-changed')
    same(answer.body as Message, message, real)
  },
}

const remove: Of<{ person: number; index: number }> = {
  when: ({ messages }) => messages.length > 0,
  async run(model, real, { person, index }) {
    const message = pick(model, index)
    const answer = await real.ask(person, 'deleteMessage', { roomId: real.roomId, messageId: message.id })
    if (!model.members.has(person)) return refused(answer, 403, 'chat.not-a-member')
    if (message.author !== person && person !== owner) return refused(answer, 403, 'chat.not-yours')
    assert.equal(answer.status, 204, JSON.stringify(answer.body))
    if (message.isDeleted) return
    Object.assign(message, { body: '', isDeleted: true, isPinned: false })
    message.reactions.clear()
    happens(model, 'message-deleted')
  },
}

const react: Of<{ person: number; index: number; emoji: string; on: boolean }> = {
  when: ({ messages }) => messages.length > 0,
  async run(model, real, { person, index, emoji, on }) {
    const message = pick(model, index)
    const answer = await real.ask(person, 'react', { roomId: real.roomId, messageId: message.id, emoji, on })
    if (!model.members.has(person)) return refused(answer, 403, 'chat.not-a-member')
    if (message.isDeleted) return refused(answer, 409, 'chat.message-gone')
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const who = message.reactions.get(emoji) ?? new Set()
    if (who.has(person) !== on) happens(model, 'message-changed')
    if (on) who.add(person)
    else who.delete(person)
    if (who.size > 0) message.reactions.set(emoji, who)
    else message.reactions.delete(emoji)
    same(answer.body as Message, message, real)
  },
}

const pin: Of<{ person: number; index: number; on: boolean }> = {
  when: ({ messages }) => messages.length > 0,
  async run(model, real, { person, index, on }) {
    const message = pick(model, index)
    const answer = await real.ask(person, 'pinMessage', { roomId: real.roomId, messageId: message.id, on })
    if (!model.members.has(person)) return refused(answer, 403, 'chat.not-a-member')
    if (person !== owner) return refused(answer, 403, 'chat.role-too-low')
    if (message.isDeleted) return refused(answer, 409, 'chat.message-gone')
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    if (message.isPinned !== on) happens(model, 'message-changed')
    message.isPinned = on
    const pins = (await real.ask(person, 'listPins', { roomId: real.roomId })).body as { data: Message[] }
    const wanted = model.messages.filter(each => each.isPinned).map(({ id }) => id)
    assert.deepEqual(pins.data.map(({ id }) => id).sort(), wanted.sort())
  },
}

const read: Of<{ person: number; far: number; what: 'markRead' | 'markDelivered' }> = {
  async run(model, real, { person, far, what }) {
    const seq = Math.max(0, model.head - 3 + far)
    const answer = await real.ask(person, what, { roomId: real.roomId, seq })
    const reading = model.members.get(person)
    if (reading === undefined) return refused(answer, 403, 'chat.not-a-member')
    const reached = Math.min(seq, model.head) // a cursor cannot move past the newest message
    reading.delivered = Math.max(reading.delivered, reached)
    if (what === 'markRead') reading.read = Math.max(reading.read, reached)
    const { readSeq, deliveredSeq } = answer.body as { readSeq: number; deliveredSeq: number }
    assert.deepEqual([deliveredSeq, readSeq], [reading.delivered, reading.read])
  },
}

const look: Of<{ person: number }> = {
  when: ({ members }) => members.size > 1,
  async run(model, real, { person }) {
    const reading = model.members.get(person)
    if (reading === undefined) return
    const room = (await real.ask(person, 'getRoom', { id: real.roomId })).body as Room
    const isUnread = ({ seq, author, isDeleted }: ModelMessage) => seq > reading.read && author !== person && !isDeleted
    assert.deepEqual(
      [room.headSeq, room.memberCount, room.membership?.readSeq, room.membership?.unread],
      [model.head, model.members.size, reading.read, model.messages.filter(isUnread).length],
    )
  },
}

const history: Of<{ person: number; limit: number }> = {
  async run(model, real, { person, limit }) {
    if (!model.members.has(person)) return
    const got: Message[] = []
    for (let before: number | undefined; ; before = got[0]?.seq) {
      const page = { roomId: real.roomId, limit, ...(before === undefined ? {} : { before }) }
      const answer = (await real.ask(person, 'listMessages', page)).body as { data: Message[]; hasOlder: boolean }
      got.unshift(...answer.data)
      if (!answer.hasOlder) break
    }
    assert.equal(got.length, model.messages.length)
    for (const [place, message] of model.messages.entries()) same(got[place] as Message, message, real)
  },
}

const come: Of<{ person: number; isComing: boolean }> = {
  async run(model, real, { person, isComing }) {
    const operation = isComing ? 'joinRoom' : 'leaveRoom'
    const answer = await real.ask(person, operation, { id: real.roomId })
    const isIn = model.members.has(person)
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    if (isIn === isComing) return
    happens(model, isComing ? 'member-joined' : 'member-left')
    if (!isComing) return void model.members.delete(person)
    // Messages from before a member joined do not count as unread.
    const { membership } = answer.body as Room
    assert.ok((membership?.readSeq ?? 0) >= model.head - 1 && membership?.unread === 0)
    model.members.set(person, { read: membership.readSeq, delivered: membership.readSeq })
  },
}

const person = fc.nat(2)
const index = fc.nat(20)
const body = fc.constantFrom('hello', 'well', 'good bye')
const maybe = fc.option(index, { nil: undefined, freq: 3 })
const emoji = fc.constantFrom('👍', '🎉')
const sending = fc.record({ person, body, replyTo: maybe, isSaidTwice: fc.boolean() })
const reading = fc.constantFrom('markRead' as const, 'markDelivered' as const)

/** Sending is more frequent than the rest. */
export const roomCommands = [
  command('send', sending, send),
  command('send', sending, send),
  command('send', sending, send),
  command('edit', fc.record({ person, index, body }), edit),
  command('delete', fc.record({ person, index }), remove),
  command('react', fc.record({ person, index, emoji, on: fc.boolean() }), react),
  command('react', fc.record({ person, index, emoji, on: fc.boolean() }), react),
  command('pin', fc.record({ person, index, on: fc.boolean() }), pin),
  command('read', fc.record({ person, far: fc.nat(6), what: reading }), read),
  command('look', fc.record({ person }), look),
  command('history', fc.record({ person, limit: fc.constantFrom(2, 50) }), history),
  // The owner must stay.
  command('come or go', fc.record({ person: fc.constantFrom(1, 2), isComing: fc.boolean() }), come),
]
