/** The client over a real connection, to a server that fails as the test tells it. */
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { commonProblem, type Problem, problemBody } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { ApiProblem, ConnectionError, createClient, createOctet, each, isProblem } from '../src/index.ts'

interface Seen {
  readonly route: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Reply = { readonly status: number; readonly body?: unknown } | Problem | 'cut' | 'silence'

/** Answers with each reply in turn, and with the last one from then on. */
async function scripted(t: TestContext, replies: readonly Reply[]) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ route: `${request.method} ${request.url}`, headers: request.headers, body })
    answer(response, replies[Math.min(seen.length, replies.length) - 1] as Reply)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return
  if (reply === 'cut') {
    response.destroy()
    return
  }
  const body = reply instanceof Error ? problemBody(reply, 'request-1') : reply.body
  response.writeHead(reply.status, { 'content-type': 'application/json', 'x-request-id': 'request-1' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

const page = (data: readonly unknown[], nextCursor: string | null) => {
  return { status: 200, body: { data, meta: { limit: 2, nextCursor, hasMore: nextCursor !== null } } }
}

test('a keyed call that is cut off is repeated with the same key and body', async t => {
  const { origin, seen } = await scripted(t, ['cut', { status: 201, body: { id: 'x' } }])
  await createClient(links, { origin, token: 'secret' }).createLink({ url: 'https://example.org/' })
  assert.equal(seen.length, 2)
  const [first, second] = seen
  assert.ok(first?.headers['idempotency-key'])
  assert.equal(second?.headers['idempotency-key'], first.headers['idempotency-key'])
  assert.equal(second?.body, first.body)
  assert.equal(first.headers.authorization, 'Bearer secret')
})

test('with attemptsMax 1 nothing is repeated and no key is made up', async t => {
  const { origin, seen } = await scripted(t, ['cut'])
  const client = createClient(links, { origin, attemptsMax: 1 })
  await assert.rejects(client.createLink({ url: 'https://example.org/' }), ConnectionError)
  assert.equal(seen.length, 1)
  assert.equal(seen[0]?.headers['idempotency-key'], undefined)
})

test('a call ends when its attempts are used up, with the last error', async t => {
  const { origin, seen } = await scripted(t, [commonProblem('unavailable')])
  const error = await createClient(links, { origin })
    .listLinks({})
    .catch(caught => caught)
  assert.ok(error instanceof ApiProblem)
  assert.ok(isProblem(error, 'unavailable'))
  assert.equal(isProblem(error, 'links.alias-taken'), false)
  assert.equal(error.requestId, 'request-1')
  assert.equal(seen.length, 3)
})

test('a server that never answers costs the time limit and no more', async t => {
  const { origin } = await scripted(t, ['silence'])
  const client = createClient(links, { origin, attemptsMax: 1, timeoutMs: 50 })
  await assert.rejects(client.listLinks({}), { name: 'ConnectionError', reason: 'timeout' })
})

test('a caller that aborts gets its own reason, also during the pause between attempts', async t => {
  const { origin, seen } = await scripted(t, [commonProblem('rate-limited', { retryAfterMs: 9_000 })])
  const controller = new AbortController()
  const call = createClient(links, { origin }).listLinks({}, { signal: controller.signal })
  while (seen.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  setTimeout(() => controller.abort(new Error('no longer wanted')), 20)
  await assert.rejects(call, { message: 'no longer wanted' })
})

test('calls that fail together share one refresh and are each sent once more', async t => {
  const { origin, seen } = await scripted(t, [
    commonProblem('unauthenticated'),
    commonProblem('unauthenticated'),
    page([], null),
  ])
  let refreshes = 0
  const octet = createOctet({
    origin,
    token: 'old',
    refresh: async () => {
      refreshes++
      while (seen.length < 2) await new Promise(resolve => setTimeout(resolve, 5))
      return 'new'
    },
  })
  await Promise.all([octet.links.listLinks({}), octet.links.listLinks({})])
  assert.equal(refreshes, 1)
  assert.deepEqual(
    seen.map(({ headers }) => headers.authorization),
    ['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new'],
  )
})

test('a call that is refused after another has refreshed uses the new token without a second refresh', async () => {
  const refreshed = Promise.withResolvers<void>()
  const used: string[] = []
  let refreshes = 0
  const octet = createOctet({
    origin: 'http://octet.test',
    token: 'old',
    refresh: async () => {
      refreshes++
      setTimeout(refreshed.resolve, 20)
      return 'new'
    },
    fetch: async (_url, init) => {
      const authorization = new Headers(init?.headers).get('authorization') ?? ''
      used.push(authorization)
      // The second call's refusal is on its way until the first call's refresh is over.
      if (used.length === 2) await refreshed.promise
      const problem = problemBody(commonProblem('unauthenticated'))
      return authorization === 'Bearer old'
        ? Response.json(problem, { status: 401 })
        : Response.json(page([], null).body)
    },
  })
  await Promise.all([octet.links.listLinks({}), octet.links.listLinks({})])
  assert.equal(refreshes, 1)
  assert.deepEqual(used, ['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new'])
})

test('a token that is refused again right after its refresh is an error, not a loop', async t => {
  const { origin, seen } = await scripted(t, [commonProblem('unauthenticated')])
  const octet = createOctet({ origin, token: 'old', refresh: async () => 'new' })
  await assert.rejects(octet.links.listLinks({}), { code: 'unauthenticated' })
  assert.equal(seen.length, 2)
})

test('each walks all pages and stops asking when the loop ends', async t => {
  const { origin, seen } = await scripted(t, [page([1, 2], 'second'), page([3], null)])
  const { listLinks } = createClient(links, { origin })
  assert.deepEqual(await Array.fromAsync(each(listLinks, { limit: 2 })), [1, 2, 3])
  assert.deepEqual(
    seen.map(({ route }) => route),
    ['GET /api/v1/links?limit=2', 'GET /api/v1/links?limit=2&cursor=second'],
  )
  const other = await scripted(t, [page([1, 2], 'second')])
  for await (const _first of each(createClient(links, { origin: other.origin }).listLinks, {})) break
  assert.equal(other.seen.length, 1)
})

test('an answer that is a file comes as the response itself', async t => {
  const { origin, seen } = await scripted(t, [{ status: 200, body: 'not JSON to us' }])
  const response = await createClient(links, { origin }).exportLinks({})
  assert.equal(await response.text(), '"not JSON to us"')
  assert.equal(seen[0]?.headers.accept, 'text/csv')
})
