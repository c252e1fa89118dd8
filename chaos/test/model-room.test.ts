/**
 * A room against a plain list: after any sequence of requests history, cursors and log equal the list. Mutants with one
 * rule less prove that a difference would be found.
 */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { chatModule } from '@octet/chat'
import { chat } from '@octet/contracts/chat'
import { newId } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { httpClient, type Test, type TestApp, testApp } from '@octet/testkit'
import { type RoomModel, type RoomReal, roomCommands } from '../systems/chat/model.ts'
import { disagreement, modelRuns } from '../systems/model-command.ts'

const fakes = {
  identity: {
    getUsers: async ({ ids }: { ids: string[] }) => ({
      users: ids.map(id => ({ id, username: id.slice(0, 8), displayName: 'Somebody' })),
    }),
    getBlocks: async () => ({ blockedBy: [], hasBlocked: [] }),
  },
}

async function serve(t: Test, module: AnyModule) {
  const app = await testApp(t, { modules: [module], fakes })
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`
  return { app, ask: httpClient(origin).request }
}

let worlds = 0

/** A new room with three new accounts; the second one has joined. */
async function world({ app, ask }: Awaited<ReturnType<typeof serve>>): Promise<{ model: RoomModel; real: RoomReal }> {
  const people = [newId(), newId(), newId()]
  const tokens = people.map(id => app.as(id))
  const [owner, second] = tokens.map(token => app.client(chat, { token }))
  const { id: roomId } = (await owner?.createRoom({ name: `model ${worlds++}`, visibility: 'public' })) ?? { id: '' }
  await second?.joinRoom({ id: roomId })
  const members: RoomModel['members'] = new Map()
  for (const [person, client] of [owner, second].entries()) {
    const { deliveredSeq: delivered, readSeq: read } = (await client?.markRead({ roomId, seq: 0 })) ?? {
      ...{ deliveredSeq: 0, readSeq: 0 },
    }
    members.set(person, { read, delivered })
  }
  const { headSeq: head = 0 } = (await owner?.getRoom({ id: roomId })) ?? {}
  return {
    model: { messages: [], events: [], members, head },
    real: {
      roomId,
      people,
      ask: (person, operation, input) => ask(chat, operation, input, { token: tokens[person] ?? '' }),
    },
  }
}

/** A follower of the room receives every change once, in this order. */
async function checkLog(app: TestApp, { events, head }: RoomModel, { roomId }: RoomReal): Promise<void> {
  const { sql } = app.db('chat')
  const from = head - events.length
  const rows = await sql<{ seq: number; type: string }[]>`
    select seq, type from stream_events where stream = ${`chat:room:${roomId}`} and seq > ${from} order by seq`
  assert.deepEqual(
    rows.map(({ seq, type }) => ({ seq, type })),
    events,
  )
}

test('O4, O5, O9: history, cursors, unread counts and log of a room equal the model', async t => {
  const server = await serve(t, chatModule)
  let [said, happened] = [0, 0]
  const found = await disagreement({
    commands: roomCommands,
    commandsMax: 50,
    runs: modelRuns(20),
    open: () => world(server),
    isShrinking: true,
    async finish(model, real) {
      await checkLog(server.app, model, real)
      said += model.messages.length
      happened += model.events.length
    },
  })
  assert.equal(found, undefined, found)
  t.diagnostic(`${said} messages, ${happened} events`)
  assert.ok(said > 20 && happened > said)
})

type Operations = typeof chatModule.operations
const { operations } = chatModule

/** Each with one rule less. */
const mutants: Readonly<Record<string, Partial<Operations>>> = {
  'counts what is read from where others are': {
    markRead: (ctx, input) => operations.markRead(ctx, { ...input, seq: input.seq - 1 }),
  },
  'takes a message for a new one when it is repeated': {
    sendMessage: (ctx, input) => operations.sendMessage(ctx, { ...input, cmid: newId() }),
  },
  'takes away no reaction': {
    react: (ctx, input) => operations.react(ctx, { ...input, on: true }),
  },
  'loses who was answered': {
    sendMessage: (ctx, { replyToId: _, ...input }) => operations.sendMessage(ctx, input),
  },
  'leaves the last page of the history out': {
    listMessages: async (ctx, input) => ({ ...(await operations.listMessages(ctx, input)), hasOlder: false }),
  },
}

test('the room model detects each rule that is removed from the server', async t => {
  let current: Partial<Operations> = {}
  const names = Object.keys(operations) as (keyof Operations)[]
  const ask = (name: keyof Operations) => (ctx: never, input: never) => (current[name] ?? operations[name])(ctx, input)
  const broken = Object.fromEntries(names.map(name => [name, ask(name)])) as AnyModule['operations']
  const server = await serve(t, { ...chatModule, operations: broken })
  const open = () => world(server)
  const unseen: string[] = []
  for (const [what, mutant] of Object.entries(mutants)) {
    current = mutant
    const found = await disagreement({ commands: roomCommands, commandsMax: 50, open, runs: 100, isShrinking: false })
    if (found === undefined) unseen.push(what)
    else t.diagnostic(`${what}: seen ${/run \d+/.exec(found)?.[0]}`)
  }
  assert.deepEqual(unseen, [])
})
