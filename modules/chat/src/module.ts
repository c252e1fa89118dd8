/** The entry point of chat: rooms, messages, and receipts. */
import { createCache } from '@octet/cache'
import { commonProblem, isId, requireUser } from '@octet/contracts'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { defineModule, type Floor } from '@octet/kernel'
import type { ChatContext, ChatState } from './context.ts'
import { seedDemo } from './demo.ts'
import { uploads } from './files/uploads.ts'
import { flags } from './flags.ts'
import { handlers } from './handlers.ts'
import { jobs } from './jobs.ts'
import { operations } from './operations.ts'
import { createPresenceBoard } from './presence/board.ts'
import { typingReach } from './presence/typing-reach.ts'
import { privacy } from './privacy.ts'
import { accessAsReader } from './rooms/access.ts'
import * as memberStore from './rooms/member-store.ts'
import { routes } from './routes.ts'

const roomsKnownMax = 10_000
const roomsKnownMs = 60 * 60_000

export const chatModule = defineModule({
  contract: chat,
  flags,
  calls: [identity],
  migrations: new URL('../migrations/', import.meta.url),
  capabilities: [uploads.capability],
  privacy,
  open: async ({
    realtime,
    limiter,
    outbound,
    pictures,
    db,
    log,
    metrics,
    now,
  }: Floor<typeof chat>): Promise<ChatState> => {
    const presence = createPresenceBoard({
      db,
      log,
      now,
      emit: (roomId, body) => realtime.emit('presence', roomId, { type: 'presence', body }),
    })
    const load = (id: string) => memberStore.isDirect(db, id)
    const directs = createCache({ entriesMax: roomsKnownMax, ttlMs: roomsKnownMs, load })
    metrics.observeCache('chat.direct-rooms', directs.stats)
    return { realtime, limiter, outbound, pictures, presence, directs }
  },
  operations,
  listens: handlers,
  seedDemo,
  jobs,
  routes,
  streams: {
    room: { join: joinAsMember, relayTo: typingReach },
    inbox: { join: joinOwn, entered: opened, left: closed },
    receipts: { join: joinAsMember },
    reads: { join: joinOwn },
    presence: { join: joinAsMember },
  },
  close: ({ presence }: ChatState) => presence.close(),
})

/** Only members may subscribe to a room, public or not. */
async function joinAsMember(ctx: ChatContext, roomId: string): Promise<void> {
  if (!isId(roomId)) throw commonProblem('not-found')
  await accessAsReader(ctx, roomId)
}

/** Every client subscribes to its account's inbox, so a subscription to it means the person is connected. */
function opened({ presence }: ChatContext, userId: string): void {
  presence.opened(userId)
}

function closed({ presence }: ChatContext, userId: string): void {
  presence.closed(userId)
}

async function joinOwn(ctx: ChatContext, userId: string): Promise<void> {
  if (requireUser(ctx.actor).userId !== userId) throw commonProblem('not-found')
}
