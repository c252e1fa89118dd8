/**
 * Links against a plain list: after any sequence of requests server and list agree. Mutants with one rule less prove
 * that a difference would be found.
 */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { linksModule } from '@octet/links'
import { httpClient, type Test, type TestApp, testApp } from '@octet/testkit'
import { emptyLinks, type LinksModel, type Visitor } from '../systems/links/model.ts'
import { type LinksReal, linkCommands } from '../systems/links/model-commands.ts'
import { disagreement, modelRuns } from '../systems/model-command.ts'

const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
const crawler = 'Googlebot/2.1 (+http://www.google.com/bot.html)'
const countTimeoutMs = 60_000

/** The final check of a run: the owners of links, and their visits in the model. */
interface Finished {
  readonly token: string
  readonly model: LinksModel
}

async function visit(origin: string, code: string, visitor: Visitor) {
  const headers = { 'user-agent': visitor === 'crawler' ? crawler : browser }
  const method = visitor === 'head' ? 'HEAD' : 'GET'
  const answer = await fetch(`${origin}/s/${code}`, { method, headers, redirect: 'manual' })
  await answer.body?.cancel()
  return { status: answer.status, location: answer.headers.get('location') }
}

async function serve(t: Test, module: AnyModule) {
  const app = await testApp(t, { modules: [module] })
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  return { app, origin: `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}` }
}

let worlds = 0

/** A new owner on the running server. */
function world({ app, origin }: { app: TestApp; origin: string }) {
  const { request } = httpClient(origin)
  const [token, stranger] = [app.as(newId()), app.as(newId())]
  const model = emptyLinks(app.nowMs)
  const real: LinksReal = {
    prefix: `m${process.pid}x${worlds++}-`,
    ask: (operation, input, options) => request(links, operation, input, { token, ...options }),
    askAsStranger: (operation, input) => request(links, operation, input, { token: stranger }),
    follow: (code, visitor) => visit(origin, code, visitor),
    moveClock: nowMs => {
      app.nowMs = nowMs
    },
  }
  return { token, model, real }
}

/** Finally every visit is counted, once. */
async function countedWrongly(origin: string, { token, model }: Finished): Promise<string[]> {
  const client = httpClient(origin).client(links, { token })
  const wrong: string[] = []
  for (const link of model.links.filter(({ isDeleted }) => !isDeleted)) {
    const wanted = `${link.clicks} and ${link.botClicks}`
    let got = ''
    for (const startedMs = performance.now(); performance.now() - startedMs < countTimeoutMs; ) {
      const { clicks, botClicks } = await client.getLinkStats({ id: link.id, days: 1 })
      got = `${clicks} and ${botClicks}`
      if (clicks + botClicks >= link.clicks + link.botClicks) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    if (got !== wanted) wrong.push(`${link.code} was counted ${got} times, not ${wanted}`)
  }
  return wrong
}

test('O1, O9, O11: after every request links equal the model, and clicks are counted once', async t => {
  const server = await serve(t, linksModule)
  const finished: Finished[] = []
  const open = async () => {
    const made = world(server)
    finished.push(made)
    return made
  }
  const runs = modelRuns(25)
  const found = await disagreement({ commands: linkCommands, commandsMax: 50, open, runs, isShrinking: true })
  assert.equal(found, undefined, found)
  const wrong = await Promise.all(finished.map(each => countedWrongly(server.origin, each)))
  assert.deepEqual(wrong.flat(), [])
  const made = finished.flatMap(({ model }) => model.links)
  t.diagnostic(`${runs} runs, ${made.length} links, ${made.reduce((sum, { clicks }) => sum + clicks, 0)} clicks`)
  assert.ok(
    made.some(link => link.used > 0 && link.used === link.clicksMax),
    'a limit was reached',
  )
})

type Operations = typeof linksModule.operations
type Asked = Parameters<Operations['updateLink']>[0]
interface Mutant {
  readonly operations?: Partial<Operations>
  readonly ignoresClickLimit?: true
}
const { operations } = linksModule

/** Satisfies the kernel, which checks that the key was claimed. */
function unkeyed<T>(ctx: Asked, work: () => T): T {
  const { onceGuard } = ctx as unknown as { onceGuard: { used: boolean } }
  onceGuard.used = true
  return work()
}

/** Each with one rule less. */
const mutants: Readonly<Record<string, Mutant>> = {
  'changes whatever version was asked for': {
    operations: {
      updateLink: (ctx, input) =>
        operations.updateLink({ ...ctx, request: { ...ctx.request, ifMatch: undefined } } as Asked, input),
    },
  },
  'goes on leading to the old address after a change': {
    operations: {
      updateLink: (ctx, input) =>
        operations.updateLink({ ...ctx, targets: { ...ctx.targets, delete: () => undefined } } as Asked, input),
    },
  },
  'deletes the first of many only': {
    operations: {
      deleteLinks: async (ctx, { ids }) => ({
        ...(await operations.deleteLinks(ctx, { ids: ids.slice(0, 1) })),
        done: ids.length,
      }),
    },
  },
  'makes a second link for a request that is repeated': {
    operations: {
      createLink: (ctx, input) =>
        operations.createLink(
          { ...ctx, once: (name, body) => unkeyed(ctx, () => ctx.db.transaction(name, body)) },
          input,
        ),
    },
  },
  'ignores the click limit': { ignoresClickLimit: true },
  'archives nothing': {
    operations: {
      updateLink: (ctx, { isArchived: _, ...input }) => operations.updateLink(ctx, input as { id: string }),
    },
  },
}

/** The module with the current mutant. */
function breakable(current: () => Mutant): AnyModule {
  const names = Object.keys(operations) as (keyof Operations)[]
  const ask = (name: keyof Operations) => (ctx: never, input: never) =>
    (current().operations?.[name] ?? operations[name])(ctx, input)
  return {
    ...linksModule,
    operations: Object.fromEntries(names.map(name => [name, ask(name)])) as AnyModule['operations'],
    open: async (floor: never, installation: never) => {
      const state = await linksModule.open(floor, installation)
      const take = async (id: string) => current().ignoresClickLimit === true || state.clickTokens.take(id)
      return { ...state, clickTokens: { take } }
    },
  }
}

test('the model detects each rule that is removed from the server', async t => {
  let current: Mutant = {}
  const server = await serve(
    t,
    breakable(() => current),
  )
  const open = async () => world(server)
  const unseen: string[] = []
  for (const [what, mutant] of Object.entries(mutants)) {
    current = mutant
    const found = await disagreement({ commands: linkCommands, commandsMax: 60, open, runs: 200, isShrinking: false })
    if (found === undefined) unseen.push(what)
    else t.diagnostic(`${what}: seen ${/run \d+/.exec(found)?.[0]}`)
  }
  assert.deepEqual(unseen, [])
})
