/** A small module with every kind of operation, for the conformance suite. */
import { access, closed, defineContract, event, Id, Nothing, operation, problemsOf } from '@octet/contracts'
import { type Context, defineModule, on } from '@octet/kernel'
import { Type } from 'typebox'

const note = closed({ text: Type.String({ maxLength: 100 }), list: Type.Optional(Type.Array(Type.Integer())) })
const counted = closed({ count: Type.Integer() })
const common = { access: access.anyone, problems: [], timeoutMs: 2_000 } as const

export const sample = defineContract({
  name: 'sample',
  problems: { refused: { status: 409, title: 'Refused.' } },
  operations: {
    echo: operation({ ...common, summary: 'echo', input: note, output: note, retry: 'safe' }),
    ofUser: operation({
      ...common,
      summary: 'user',
      access: access.user('sample:read'),
      input: closed({}),
      output: closed({ userId: Id }),
      retry: 'safe',
    }),
    ofFresh: operation({
      ...common,
      summary: 'fresh',
      access: access.user('sample:read', { fresh: true }),
      input: closed({}),
      output: Nothing,
      retry: 'safe',
    }),
    ofModules: operation({
      ...common,
      summary: 'modules',
      access: access.service,
      input: closed({}),
      output: Nothing,
      retry: 'safe',
    }),
    refuse: operation({
      ...common,
      summary: 'refuse',
      problems: ['sample.refused'],
      input: closed({}),
      output: Nothing,
      retry: 'safe',
    }),
    crash: operation({ ...common, summary: 'crash', input: closed({}), output: Nothing, retry: 'safe' }),
    lie: operation({
      ...common,
      summary: 'answers outside its contract',
      input: closed({}),
      output: counted,
      retry: 'safe',
    }),
    wait: operation({
      ...common,
      summary: 'wait',
      input: closed({ ms: Type.Integer() }),
      output: closed({ remainingMs: Type.Number() }),
      retry: 'never',
    }),
    addSafe: operation({ ...common, summary: 'add', input: closed({}), output: counted, retry: 'safe' }),
    addKeyed: operation({
      ...common,
      summary: 'add',
      http: 'POST /sample/things',
      input: closed({}),
      output: counted,
      retry: 'keyed',
    }),
    addNever: operation({ ...common, summary: 'add', input: closed({}), output: counted, retry: 'never' }),
  },
  events: { 'thing-added': event({ version: 1, data: closed({ count: Type.Integer() }) }) },
})

const problem = problemsOf(sample)
const kept = { text: 'kept by the callee', list: [1, 2, 3] }

type SampleContext = Context<typeof sample, readonly [], object>

async function add(ctx: SampleContext, operationName: string): Promise<{ count: number }> {
  await ctx.db.sql`insert into effects (operation) values (${operationName})`
  const [row] = await ctx.db.sql<
    { count: number }[]
  >`select count(*)::int from effects where operation = ${operationName}`
  return { count: row?.count ?? 0 }
}

export const sampleModule = defineModule({
  contract: sample,
  calls: [],
  migrations: new URL('./sample-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it is made for a test' },
  open: async () => ({}),
  operations: {
    echo: async (_ctx: SampleContext, input) => (input.text === 'kept' ? kept : input),
    ofUser: async (ctx: SampleContext) => ({ userId: ctx.actor.kind === 'user' ? ctx.actor.userId : '' }),
    ofFresh: async () => ({}),
    ofModules: async () => ({}),
    refuse: async () => {
      throw problem('refused', { detail: 'because', errors: [{ path: '/x', message: 'y' }] })
    },
    crash: async () => {
      throw new Error('secret detail of the inside')
    },
    lie: async () => ({ count: 'many' }) as never,
    wait: async (ctx: SampleContext, { ms }) => {
      const remainingMs = ctx.request.deadlineMs - Date.now()
      await new Promise(resolve => setTimeout(resolve, ms))
      return { remainingMs }
    },
    addSafe: (ctx: SampleContext) => add(ctx, 'addSafe'),
    addNever: (ctx: SampleContext) => add(ctx, 'addNever'),
    addKeyed: (ctx: SampleContext) =>
      ctx.once('sample.addKeyed', async tx => {
        await tx.sql`insert into effects (operation) values ('addKeyed')`
        const [row] = await tx.sql<{ count: number }[]>`select count(*)::int from effects where operation = 'addKeyed'`
        await tx.publish('thing-added', { count: row?.count ?? 0 })
        return { count: row?.count ?? 0 }
      }),
  },
})

/** Listens to sample, and hands its own calls to the test. */
export const listener = defineContract({ name: 'listener', problems: {}, operations: {}, events: {} })
export const heard: number[] = []
export const listenerModule = defineModule({
  contract: listener,
  calls: [sample],
  migrations: new URL('./sample-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it is made for a test' },
  open: async () => ({}),
  operations: {},
  listens: [on(sample, 'thing-added', hearThing)],
})

async function hearThing(_ctx: unknown, _tx: unknown, { count }: { count: number }): Promise<void> {
  heard.push(count)
}
