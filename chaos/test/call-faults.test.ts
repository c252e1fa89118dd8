/**
 * Every statement that an operation sends to the database fails once: before it runs, or after it ran and before its
 * answer. The caller must get an honest problem, nothing may be half done, and a retry must work. The idea is SQLite's.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { chatModule } from '@octet/chat'
import type { Contract } from '@octet/contracts'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { identityModule } from '@octet/identity'
import { linksModule } from '@octet/links'
import { type Caller, defer, type Test, type TestApp, testApp } from '@octet/testkit'
import { type Exchange, type Fate, pass, postgresFault } from '../wire/postgres-fault.ts'

const modules = [identityModule, linksModule, chatModule]
const fates = ['cut-before', 'cut-after'] as const
/** Sent by timers and new connections, not by the operation. */
const ofOthers = /pg_snapshot_xmin|pg_catalog\.pg_type|^\s*update sessions|^\s*rollback/

interface Setting {
  /** Its database connection passes through the proxy. */
  readonly app: TestApp
  /** On the same database, past the proxy. */
  readonly direct: TestApp
  decide(by: (exchange: Exchange) => Fate): void
  /** Ends hanging connections, as a network eventually does. */
  cut(): void
}

/** One operation, prepared for the n-th statement: the request, and how often it has taken effect. */
interface Case {
  readonly contract: Contract
  readonly operation: string
  readonly input: object
  readonly caller?: Caller
  effects(): Promise<number>
  /** Whether a retry counts as a separate request with its own effect. */
  readonly isNeverRepeated?: true
}

async function open(t: Test): Promise<Setting> {
  const direct = await testApp(t, { modules })
  const url = new URL(direct.databaseUrl)
  const targetPort = Number(url.port)
  const proxy = await postgresFault({ targetPort: () => targetPort })
  defer(t, () => proxy.close())
  url.port = String(proxy.port)
  const sharing = Object.create(direct, { databaseUrl: { value: url.href } }) as TestApp
  const app = await testApp(t, { modules, sharing })
  return { app, direct, decide: by => proxy.decide(by), cut: () => void proxy.cut('reset') }
}

/** One rule for all tests that cut one connection at a time. */
let opened: Promise<Setting> | undefined
const undo: (() => Promise<unknown>)[] = []
after(async () => {
  for (const step of undo) await step()
})
function shared(): Promise<Setting> {
  opened ??= open({ after: step => void undo.push(step) })
  return opened
}

/** Fails one statement of the operation after the other until none is left. Returns how many there were. */
async function failEach({ app, decide }: Setting, make: (n: number) => Promise<Case>): Promise<number> {
  let cases = 0
  for (const kind of fates) {
    for (let wanted = 1; ; wanted++) {
      const { contract, operation, input, caller, effects, isNeverRepeated } = await make(++cases)
      const ask = () => {
        const headers = { ...caller?.headers, 'idempotency-key': `call-${operation}-${cases}` }
        return app.request(contract, operation, input, { ...caller, headers })
      }
      let seen = 0
      let failed = ''
      decide(({ statement }) => {
        if (ofOthers.test(statement) || ++seen !== wanted) return pass
        failed = statement.trim().slice(0, 60)
        return { kind }
      })
      const before = await effects()
      const first = await ask()
      decide(() => pass)
      const where = `${operation}, statement ${wanted} (${failed}), ${kind}: ${JSON.stringify(first.body)}`
      const done = (await effects()) - before
      if (failed === '') {
        assert.ok(first.status < 300 && done === 1, where)
        break
      }
      assert.ok(first.status < 300 || first.status === 503, where)
      assert.ok(done === 1 || (done === 0 && first.status === 503), `${done} effects of ${where}`)
      const again = await ask()
      assert.ok(again.status < 300, `again ${JSON.stringify(again.body)}; first ${where}`)
      const wantedEffects = isNeverRepeated === true ? done + 1 : 1
      assert.equal((await effects()) - before, wantedEffects, `effects after asking again: ${where}`)
    }
  }
  return cases
}

async function count(app: TestApp, module: string, what: string): Promise<number> {
  const [row] = await app.db(module).sql.unsafe(`select count(*)::int as count from ${what}`)
  return row?.count as number
}

function account(n: number) {
  return { username: `call${n}`, email: `call${n}@example.org`, password: 'correct horse battery staple' }
}

test('createLink: when any statement fails, link, event and idempotency key exist together or not at all', async t => {
  const setting = await shared()
  const { accessToken: token } = await setting.direct.client(identity).register(account(1000))
  const cases = await failEach(setting, async n => ({
    contract: links,
    operation: 'createLink',
    input: { url: `https://example.org/${n}` },
    caller: { token },
    async effects() {
      const made = await count(setting.direct, 'links', `links where url = 'https://example.org/${n}'`)
      const all = await count(setting.direct, 'links', 'links')
      assert.equal(await count(setting.direct, 'links', "outbox where event = 'link-created'"), all)
      assert.equal(await count(setting.direct, 'links', 'idempotency_keys where response is not null'), all)
      return made
    },
  }))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 12)
})

test('register: when any statement fails, a retry yields one account and one session', async t => {
  const setting = await shared()
  const cases = await failEach(setting, async n => ({
    contract: identity,
    operation: 'register',
    input: account(n),
    effects: () => count(setting.direct, 'identity', `users where username = 'call${n}'`),
  }))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 12)
})

test('login: when any statement fails, the session exists or not, and the next attempt succeeds', async t => {
  const setting = await shared()
  const { username, password } = account(1002)
  const { user } = await setting.direct.client(identity).register(account(1002))
  const cases = await failEach(setting, async () => ({
    contract: identity,
    operation: 'login',
    input: { login: username, password },
    effects: () => count(setting.direct, 'identity', `sessions where user_id = '${user.id}'`),
    isNeverRepeated: true,
  }))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 8)
})

test('refresh: when any statement fails, the session survives', async t => {
  const setting = await shared()
  let { user, refreshToken } = await setting.direct.client(identity).register(account(1003))
  const cases = await failEach(setting, async () => {
    const session = await setting.direct
      .client(identity)
      .login({ login: user.username, password: account(1003).password })
    refreshToken = session.refreshToken
    const id = sessionOf(session.accessToken)
    const counter = await count(setting.direct, 'identity', `sessions where id = '${id}' and refresh_counter = 0`)
    assert.equal(counter, 1)
    const effects = () => count(setting.direct, 'identity', `sessions where id = '${id}' and refresh_counter = 1`)
    return { contract: identity, operation: 'refresh', input: { refreshToken }, effects }
  })
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 8)
})

function sessionOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid
}

test('updateLink: when any statement fails, a retry sets the title and publishes the event', async t => {
  const setting = await shared()
  const { accessToken: token } = await setting.direct.client(identity).register(account(1004))
  const { id } = await setting.direct.client(links, { token }).createLink({ url: 'https://example.org/' })
  const cases = await failEach(setting, async n => ({
    contract: links,
    operation: 'updateLink',
    input: { id, title: `title ${n}` },
    caller: { token },
    effects: () => count(setting.direct, 'links', `links where title = 'title ${n}'`),
  }))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 10)
})

test('createLinks: when any statement fails, all of the links exist or none', async t => {
  const setting = await shared()
  const { accessToken: token } = await setting.direct.client(identity).register(account(1005))
  const cases = await failEach(setting, async n => ({
    contract: links,
    operation: 'createLinks',
    input: { links: [1, 2, 3].map(index => ({ url: `https://example.org/bulk-${n}-${index}` })) },
    caller: { token },
    effects: async () => {
      return (await count(setting.direct, 'links', `links where url like 'https://example.org/bulk-${n}-%'`)) / 3
    },
  }))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 10)
})

/** A room, and the places where a message must exist together or not at all. */
async function roomIn({ direct }: Setting, person = 0) {
  const { accessToken: token } = await direct.client(identity).register(account(person))
  const { id: roomId } = await direct.client(chat, { token }).createRoom({ name: `faults ${person}` })
  const of = (n: number): Case => ({
    contract: chat,
    operation: 'sendMessage',
    input: { roomId, cmid: `call-cmid-${n}`, body: `said ${n}` },
    caller: { token },
    async effects() {
      const messages = await count(direct, 'chat', `messages where cmid = 'call-cmid-${n}'`)
      assert.equal(await count(direct, 'chat', `sends where cmid = 'call-cmid-${n}'`), messages)
      assert.equal(await count(direct, 'chat', `stream_events where cmid = 'call-cmid-${n}'`), messages)
      return messages
    },
  })
  return { of }
}

test('sendMessage: when any statement fails, message, cmid and event exist together or not at all', async t => {
  const setting = await shared()
  const { of } = await roomIn(setting, 1006)
  const cases = await failEach(setting, async n => of(n))
  t.diagnostic(`${cases} runs`)
  assert.ok(cases >= 14)
})

/** An operation with a hanging statement. */
interface Hanging extends Case {
  readonly fits: RegExp
}

/** A separate account for each run, so that no run waits for a row lock of another. */
async function hangingSend(setting: Setting, n: number): Promise<Hanging> {
  return { ...(await roomIn(setting, n)).of(n), fits: /insert into messages/ }
}

async function hangingLogin({ direct }: Setting, n: number): Promise<Hanging> {
  const { username, password } = account(n)
  const { user } = await direct.client(identity).register(account(n))
  return {
    contract: identity,
    operation: 'login',
    input: { login: username, password },
    effects: async () => (await count(direct, 'identity', `sessions where user_id = '${user.id}'`)) - 1,
    isNeverRepeated: true,
    fits: /insert into sessions/,
  }
}

test('sendMessage, login: a hanging statement meets the deadline, and a retry takes effect once', async t => {
  const setting = await open(t)
  const kinds = ['hang-before', 'hang-after'] as const
  const makers = [hangingSend, hangingLogin]
  const cases = await Promise.all(makers.flatMap((make, index) => kinds.map((_, n) => make(setting, index * 2 + n))))
  const waiting = cases.map(({ fits }, index) => ({ fits, kind: kinds[index % 2] as 'hang-before' | 'hang-after' }))
  const hung: string[] = []
  setting.decide(({ statement }) => {
    const found = waiting.findIndex(({ fits }) => fits.test(statement))
    if (found === -1) return pass
    const [{ kind } = { kind: 'hang-before' as const }] = waiting.splice(found, 1)
    hung.push(kind)
    return { kind }
  })
  const ask = ({ contract, operation, input, caller }: Hanging) =>
    setting.app.request(contract, operation, input, caller)
  const startedMs = performance.now()
  const first = await Promise.all(cases.map(ask))
  const tookMs = Math.round(performance.now() - startedMs)
  assert.deepEqual(hung.sort(), ['hang-after', 'hang-after', 'hang-before', 'hang-before'])
  for (const { status, body } of first) assert.ok(status === 503 || status === 504, JSON.stringify(body))
  setting.cut()
  for (const each of cases) {
    const deadlineMs = performance.now() + 20_000
    let again = await ask(each)
    while (again.status >= 500 || again.status === 409) {
      assert.ok(performance.now() < deadlineMs, JSON.stringify(again.body))
      await new Promise(resolve => setTimeout(resolve, 100))
      again = await ask(each)
    }
    assert.ok(again.status < 300, JSON.stringify(again.body))
    assert.equal(await each.effects(), 1, each.operation)
  }
  t.diagnostic(`answered ${first.map(({ status }) => status).join(', ')} after ${tookMs} ms`)
})
