/** The client on the wire: what it sends for an operation, and how it reads the answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { ApiProblem, ConnectionError, createClient, fieldErrors } from '../src/index.ts'

interface Seen {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function server(t: TestContext, answer: (response: ServerResponse) => void) {
  const seen: Seen[] = []
  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.after(() => http.close().closeAllConnections())
  return { origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen }
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'r-1' }).end(JSON.stringify(body))

test('path parameters come from the input; the rest is the query of a read or the body of a write', async t => {
  const { origin, seen } = await server(t, response => json(response, 200, {}))
  const client = createClient(links, { origin, attemptsMax: 1 })
  await client.getLinkStats({ id: 'a/b', days: 7, timeZone: 'Europe/Berlin' })
  await client.listLinks({ q: 'ö&', tag: undefined })
  await client.updateLink({ id: 'x', title: null }, { ifMatch: 3 })
  await client.createLink({ url: 'https://example.org/' }, { idempotencyKey: 'key-1' })
  assert.deepEqual(
    seen.map(({ line, body }) => [line, body]),
    [
      ['GET /api/v1/links/a%2Fb/stats?days=7&timeZone=Europe%2FBerlin', ''],
      ['GET /api/v1/links?q=%C3%B6%26', ''],
      ['PATCH /api/v1/links/x', '{"title":null}'],
      ['POST /api/v1/links', '{"url":"https://example.org/"}'],
    ],
  )
  assert.equal(seen[2]?.headers['if-match'], '"3"')
  assert.equal(seen[3]?.headers['idempotency-key'], 'key-1')
  assert.equal(seen[3]?.headers['content-type'], 'application/json')
})

test('an answer without content resolves to an empty object', async t => {
  const { origin } = await server(t, response => response.writeHead(204).end())
  assert.deepEqual(await createClient(links, { origin, attemptsMax: 1 }).deleteLink({ id: 'x' }), {})
})

test('a problem keeps its code, its field errors and the request id', async t => {
  const errors = [{ path: '/alias', message: 'is taken' }]
  const body = { type: '', title: 'That alias is taken.', status: 409, code: 'links.alias-taken', errors }
  const { origin } = await server(t, response => json(response, 409, body))
  await assert.rejects(
    createClient(links, { origin, attemptsMax: 1 }).createLink({ url: 'https://example.org/' }),
    error => {
      assert.ok(error instanceof ApiProblem)
      assert.deepEqual([error.code, error.status, error.requestId], ['links.alias-taken', 409, 'r-1'])
      assert.deepEqual(fieldErrors(error), { alias: 'is taken' })
      return true
    },
  )
})

test('an error without a problem document keeps its status', async t => {
  const { origin } = await server(t, response => response.writeHead(502).end('<html>bad gateway</html>'))
  await assert.rejects(createClient(identity, { origin, attemptsMax: 1 }).getMe({}), {
    code: 'unavailable',
    status: 502,
  })
})

test('a missing answer is a ConnectionError; an aborted call rejects with the abort', async t => {
  const { origin } = await server(t, response => response.destroy())
  await assert.rejects(createClient(identity, { origin, attemptsMax: 1 }).getMe({}), error => {
    assert.ok(error instanceof ConnectionError)
    assert.equal(error.reason, 'unreachable')
    return true
  })
  const abandoned = createClient(identity, { origin, attemptsMax: 1 }).getMe({}, { signal: AbortSignal.abort() })
  await assert.rejects(abandoned, { name: 'AbortError' })
})

test('an operation without a public route cannot be called', async t => {
  const { origin } = await server(t, response => json(response, 200, {}))
  await assert.rejects(createClient(identity, { origin, attemptsMax: 1 }).getUsers({ ids: [] }), /no public route/)
})
