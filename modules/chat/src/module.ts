/** The front door of chat: rooms, what is said in them, and who has seen it. */
import { chat, commonProblem, identity, requireUser } from '@octet/contracts'
import { defineModule, type Floor } from '@octet/kernel'
import { accessAsReader } from './access.ts'
import type { ChatContext, ChatState } from './context.ts'
import { jobs } from './jobs.ts'
import { operations } from './operations.ts'
import { createPictures } from './pictures.ts'
import { privacy } from './privacy.ts'
import { routes } from './routes.ts'
import { isId } from './rules.ts'

export const chatModule = defineModule({
  contract: chat,
  calls: [identity],
  migrations: new URL('../migrations/', import.meta.url),
  privacy,
  open: async ({ realtime, limiter, outbound }: Floor<typeof chat>): Promise<ChatState> => {
    return { realtime, limiter, outbound, pictures: createPictures() }
  },
  operations,
  jobs,
  routes,
  streams: { room: { join: joinAsMember }, inbox: { join: joinOwn }, receipts: { join: joinAsMember } },
})

/** A room is heard by its members only, public or not. */
async function joinAsMember(ctx: ChatContext, roomId: string): Promise<void> {
  if (!isId(roomId)) throw commonProblem('not-found')
  await accessAsReader(ctx, roomId)
}

async function joinOwn(ctx: ChatContext, userId: string): Promise<void> {
  if (requireUser(ctx.actor).userId !== userId) throw commonProblem('not-found')
}
