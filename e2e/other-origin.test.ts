/** A front end on another origin: signs in with a token, makes a link and follows a room; refused unless configured. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { newId } from '@octet/db'
import { defer } from '@octet/testkit'
import type { Page } from 'playwright-core'
import { needsBrowser, newPerson, password, setUpAs, signInAs } from './browser.ts'
import { openStage } from './story.ts'

/** A separate server, and therefore a separate origin. It is the same site, so the browser would send the cookie. */
async function serveFrontEnd(): Promise<string> {
  const page = '<!doctype html><title>Another front end</title><link rel="icon" href="data:,">'
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer({ after }, async () => void server.close().closeAllConnections())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const frontEnd = await serveFrontEnd()
const { octet, browser } = await openStage({ after }, { environment: { OCTET_ORIGINS: frontEnd } })

interface Asked {
  readonly octet: string
  readonly path: string
  readonly method?: string
  readonly token?: string
  readonly body?: object
  readonly credentials?: 'include'
}

interface Answered {
  readonly status: number
  readonly body: { readonly accessToken?: string; readonly shortUrl?: string; readonly id?: string }
  readonly requestId: string | null
}

/** `fetch` in the page; rejects with the browser's own error when the page may not read the answer. */
function ask(page: Page, asked: Asked): Promise<Answered> {
  return page.evaluate(async ({ octet, path, method = 'GET', token, body, credentials = 'omit' }) => {
    const answer = await fetch(`${octet}/api/v1${path}`, {
      method,
      credentials: credentials as 'omit',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: (await answer.json()) as Answered['body'],
      requestId: answer.headers.get('x-request-id'),
    }
  }, asked)
}

/** Follows a stream in the page until an event of the type arrives; resolves to `closed` when the socket is refused. */
function follow(page: Page, asked: { octet: string; token: string; stream: string; type: string }): Promise<string> {
  return page.evaluate(({ octet, token, stream, type }) => {
    return new Promise<string>(resolve => {
      const socket = new WebSocket(`${octet.replace('http', 'ws')}/realtime`)
      socket.onopen = () => socket.send(JSON.stringify({ t: 'hello', v: 1, token, streams: { [stream]: null } }))
      socket.onclose = () => resolve('closed')
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data)
        if (frame.t === 'subscribed') Object.assign(globalThis, { isFollowing: true })
        if (frame.t === 'event' && frame.type === type) resolve(JSON.stringify(frame.body))
      }
    })
  }, asked)
}

test('a page of a configured origin signs in, makes a link and follows a room', needsBrowser, async () => {
  const person = await newPerson(browser)
  await setUpAs(person.page, octet.setupUrl, 'ada')
  await person.page.goto(frontEnd)
  const { page } = person

  const login = { login: 'ada', password }
  const signedIn = await ask(page, { octet: octet.origin, path: '/auth/login', method: 'POST', body: login })
  assert.equal(signedIn.status, 200)
  assert.match(String(signedIn.requestId), /^[\w-]{8,}$/, 'the page may read the exposed headers')
  const token = signedIn.body.accessToken ?? ''
  const created = await ask(page, {
    octet: octet.origin,
    path: '/links',
    method: 'POST',
    token,
    body: { url: 'https://example.org/from-elsewhere' },
  })
  assert.equal(created.status, 201)
  assert.ok(created.body.shortUrl?.startsWith(octet.origin))

  const room = await ask(page, {
    octet: octet.origin,
    path: '/chat/rooms',
    method: 'POST',
    token,
    body: { visibility: 'private', name: 'elsewhere' },
  })
  assert.equal(room.status, 201, JSON.stringify(room.body))
  const stream = `chat:room:${room.body.id}`
  const heard = follow(page, { octet: octet.origin, token, stream, type: 'message' })
  await page.waitForFunction('globalThis.isFollowing === true')
  const sent = await ask(page, {
    octet: octet.origin,
    path: `/chat/rooms/${room.body.id}/messages`,
    method: 'POST',
    token,
    body: { cmid: newId(), body: 'hello from elsewhere' },
  })
  assert.equal(sent.status, 201, JSON.stringify(sent.body))
  assert.match(await heard, /hello from elsewhere/)
  person.assertNothingWrong()
  await person.context.close()
})

test('the cookie of a signed-in person gives a page of another origin no access', needsBrowser, async () => {
  const isTolerated = /CORS policy|Failed to load|ERR_FAILED/
  const person = await newPerson(browser, { isTolerated, expected: ['401 /api/v1/users/me'] })
  await person.page.goto(`${octet.origin}/sign-in`)
  await signInAs(person.page, 'ada')
  await person.page.getByRole('button', { name: 'Account menu for ada' }).waitFor()
  assert.ok((await person.context.cookies()).some(({ name }) => name === 'oct'))
  await person.page.goto(frontEnd)
  const withCookies = ask(person.page, { octet: octet.origin, path: '/users/me', credentials: 'include' })
  await assert.rejects(withCookies, /Failed to fetch/)
  await person.context.close()
})

test('a page of an origin that is not configured can neither call nor listen', needsBrowser, async () => {
  const stranger = await serveFrontEnd()
  const expected = ['403 /api/v1/auth/login', '404 /api/v1/auth/login', '403 /realtime']
  const isTolerated = /CORS policy|Failed to load|ERR_FAILED|WebSocket/
  const person = await newPerson(browser, { expected, isTolerated })
  await person.page.goto(stranger)
  const login = { login: 'ada', password }
  const signIn = ask(person.page, { octet: octet.origin, path: '/auth/login', method: 'POST', body: login })
  await assert.rejects(signIn, /Failed to fetch/)
  const heard = follow(person.page, { octet: octet.origin, token: 'x', stream: 'chat:room:x', type: 'message' })
  assert.equal(await heard, 'closed')
  await person.context.close()
})
