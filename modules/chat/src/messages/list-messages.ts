import { commonProblem, type Input, type Output } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { findPeople } from '../rooms/find-people.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

const limitDefault = 50
const endOfTime = Number.MAX_SAFE_INTEGER

/** A page of a room's messages, oldest first: the newest ones, or those before, after or around a `seq` or a time. */
export async function listMessages(
  ctx: ChatContext,
  input: Input<typeof chat, 'listMessages'>,
): Promise<Output<typeof chat, 'listMessages'>> {
  const { roomId, limit = limitDefault, threadId, before, after } = input
  // The head is read before the messages. A message sent in between also arrives over the stream; none is missed.
  const { head_seq: headSeq } = await accessAsReader(ctx, roomId)
  const wanted = [before, after, input.around, input.at].filter(each => each !== undefined)
  if (wanted.length > 1) {
    const errors = [{ path: '/', message: 'name one of before, after, around and at' }]
    throw commonProblem('validation-failed', { errors })
  }
  const around = input.at === undefined ? input.around : await messageStore.seqAt(ctx.db, roomId, input.at)
  const page = { roomId, threadId, limit: limit + 1 }
  const half = Math.ceil(limit / 2)
  const older =
    after === undefined
      ? await messageStore.messagesBefore(
          ctx.db,
          around === undefined ? page : { ...page, limit: half + 1 },
          before ?? around ?? endOfTime,
        )
      : []
  const newer =
    after !== undefined || around !== undefined
      ? await messageStore.messagesAfter(
          ctx.db,
          around === undefined ? page : { ...page, limit: limit - half + 1 },
          after ?? (around ?? 0) - 1,
        )
      : []
  const olderMax = around === undefined ? limit : half
  const newerMax = around === undefined ? limit : limit - half
  const data = [...older.slice(0, olderMax).reverse(), ...newer.slice(0, newerMax)].map(messageOf)
  return {
    data,
    people: await authorsOf(ctx, data),
    hasOlder: after === undefined ? older.length > olderMax : true,
    hasNewer: before === undefined ? newer.length > newerMax : true,
    headSeq,
  }
}

/** The people who wrote these messages, were mentioned in them, or reacted to them. */
export async function authorsOf(ctx: ChatContext, messages: readonly Message[]) {
  const ids = messages.flatMap(message => [
    message.authorId,
    ...message.mentions,
    ...message.reactions.flatMap(({ userIds }) => userIds),
  ])
  return [...(await findPeople(ctx, ids)).values()]
}
