/** A small module with every kind of stream: rooms whose members post, and a bell with ephemeral events only. */
import {
  access,
  closed,
  commonProblem,
  defineContract,
  Id,
  Nothing,
  operation,
  problemsOf,
  requireUser,
  stream,
} from '@octet/contracts'
import { type Context, defineModule, type ModuleRealtime } from '@octet/kernel'
import { Type } from 'typebox'

const room = Type.String({ minLength: 1, maxLength: 64 })
const common = { access: access.user('rooms:write'), problems: [], timeoutMs: 5_000 } as const

export const rooms = defineContract({
  name: 'rooms',
  problems: { muted: { status: 403, title: 'You may not post here.' } },
  operations: {
    enter: operation({ ...common, summary: 'enter', input: closed({ room }), output: Nothing, retry: 'safe' }),
    kick: operation({
      ...common,
      summary: 'kick',
      http: 'POST /rooms/:room/kick',
      input: closed({ room, userId: Id }),
      output: Nothing,
      retry: 'safe',
    }),
    post: operation({
      ...common,
      summary: 'post',
      http: 'POST /rooms/:room/posts',
      limits: [{ by: 'account', max: 50, windowMs: 1_000 }],
      input: closed({ room, text: Type.String({ maxLength: 4_000 }) }),
      output: closed({ seq: Type.Integer() }),
      problems: ['rooms.muted'],
      retry: 'keyed',
    }),
    ring: operation({
      ...common,
      summary: 'ring',
      http: 'POST /rooms/:room/ring',
      input: closed({ room, count: Type.Integer() }),
      output: Nothing,
      retry: 'safe',
    }),
  },
  events: {},
  streams: {
    room: stream({
      summary: 'Messages in a room',
      durability: 'durable',
      scope: 'rooms:read',
      events: { posted: closed({ text: Type.String() }), kicked: closed({ userId: Id }) },
      rechecks: { kicked: 'userId' },
      commands: { post: { operation: 'post', key: 'room', ordered: true }, kick: { operation: 'kick', key: 'room' } },
      relays: { typing: closed({ on: Type.Boolean() }) },
    }),
    bell: stream({
      summary: 'Rings while you listen',
      durability: 'ephemeral',
      scope: 'rooms:read',
      events: { rung: closed({ count: Type.Integer() }) },
    }),
  },
})

const problem = problemsOf(rooms)
type RoomsContext = Context<typeof rooms, readonly [], { realtime: ModuleRealtime<typeof rooms> }>

async function requireMember(ctx: RoomsContext, key: string): Promise<string> {
  const { userId } = requireUser(ctx.actor)
  const [member] = await ctx.db.sql`select 1 from members where room = ${key} and user_id = ${userId}`
  if (member === undefined) throw commonProblem('not-found')
  return userId
}

export const roomsModule = defineModule({
  contract: rooms,
  calls: [],
  migrations: new URL('./rooms-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it only exists in tests' },
  open: async floor => ({ realtime: floor.realtime }),
  operations: {
    enter: async (ctx: RoomsContext, input) => {
      const { userId } = requireUser(ctx.actor)
      await ctx.db.sql`insert into members (room, user_id) values (${input.room}, ${userId}) on conflict do nothing`
      return {}
    },
    kick: async (ctx: RoomsContext, input) => {
      const from = await requireMember(ctx, input.room)
      await ctx.db.transaction('kick', async tx => {
        await tx.sql`delete from members where room = ${input.room} and user_id = ${input.userId}`
        await tx.append('room', input.room, { type: 'kicked', body: { userId: input.userId }, from })
      })
      return {}
    },
    post: async (ctx: RoomsContext, input) => {
      const from = await requireMember(ctx, input.room)
      if (input.text === 'forbidden') throw problem('muted')
      return ctx.once('post', async tx => {
        const muted = await tx.sql`select from members where room = ${input.room} and user_id = ${from} and is_muted`
        if (muted.length > 0) throw problem('muted')
        const { event } = await tx.append('room', input.room, {
          type: 'posted',
          body: { text: input.text },
          from,
          cmid: ctx.request.idempotencyKey,
        })
        return { seq: event.seq }
      })
    },
    ring: async (ctx: RoomsContext, input) => {
      ctx.realtime.emit('bell', input.room, { type: 'rung', body: { count: input.count } })
      return {}
    },
  },
  streams: {
    room: {
      join: async (ctx, key) => void (await requireMember(ctx, key)),
      relayTo: async (ctx: RoomsContext, key) => {
        const rows = await ctx.db.sql<{ user_id: string }[]>`
          select user_id from members where room = ${key} and is_spared`
        return rows.some(row => row.user_id === requireUser(ctx.actor).userId)
          ? 'nobody'
          : { except: rows.map(row => row.user_id) }
      },
    },
    bell: { join: async () => {} },
  },
})
