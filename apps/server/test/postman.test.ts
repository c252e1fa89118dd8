/** The Postman collection works as it is imported. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contract } from '@octet/contracts'
import { newId } from '@octet/db'
import { createHealth, createMetrics } from '@octet/observe'
import { type Test, type TestAppOptions, testApp } from '@octet/testkit'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { modules } from '../src/modules.ts'
import { addPlatformRoutes } from '../src/platform-routes.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1 })
const Pair = Type.Object(
  {
    key: text,
    value: Type.String(),
    description: Type.Optional(text),
    disabled: Type.Optional(Type.Boolean()),
  },
  closed,
)
const Script = Type.Object({ type: Type.Literal('text/javascript'), exec: Type.Array(text) }, closed)
const Request = Type.Object(
  {
    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    description: text,
    auth: Type.Optional(Type.Object({ type: Type.Literal('noauth') }, closed)),
    header: Type.Array(Pair),
    url: Type.Object(
      {
        raw: Type.String({ pattern: '^\\{\\{origin\\}\\}/api/v1/' }),
        host: Type.Array(Type.Literal('{{origin}}')),
        path: Type.Array(text),
        query: Type.Optional(Type.Array(Pair)),
        variable: Type.Optional(Type.Array(Pair)),
      },
      closed,
    ),
    body: Type.Optional(
      Type.Object(
        {
          mode: Type.Literal('raw'),
          raw: Type.String(),
          options: Type.Object({ raw: Type.Object({ language: Type.Enum(['json', 'text']) }, closed) }, closed),
        },
        closed,
      ),
    ),
  },
  closed,
)
const Item = Type.Object(
  {
    name: text,
    request: Request,
    event: Type.Optional(Type.Array(Type.Object({ listen: Type.Literal('test'), script: Script }, closed))),
    response: Type.Array(Type.Never()),
  },
  closed,
)
/** What of Postman's collection format, version 2.1, the collection uses. */
const Collection = Type.Object(
  {
    info: Type.Object({ name: text, description: text, schema: Type.String({ pattern: 'v2\\.1\\.0' }) }, closed),
    auth: Type.Object({
      type: Type.Literal('bearer'),
      bearer: Type.Array(Type.Object({ key: text, value: text, type: text }, closed)),
    }),
    variable: Type.Array(Pair),
    item: Type.Array(Type.Object({ name: text, item: Type.Array(Item) }, closed)),
  },
  closed,
)
type Collection = Type.Static<typeof Collection>
type Item = Type.Static<typeof Item>

async function open(t: Test, options: Partial<TestAppOptions> = {}) {
  const app = await testApp(t, { modules, ...options })
  const contracts = modules.map(module => module.contract as Contract)
  const metrics = createMetrics({ processMetrics: false })
  await addPlatformRoutes(app.http, { contracts, origin: 'http://localhost:3000', health: createHealth(), metrics })
  const origin = await app.http.listen({ host: '127.0.0.1', port: 0 })
  const collection = (await (await fetch(`${origin}/postman.json`)).json()) as Collection
  return { app, collection, variables: { origin, token: '' } as Record<string, string> }
}

/** Sends a request as Postman does. `values` replace examples of path parameters and of the JSON body. */
async function send({ request, event }: Item, variables: Record<string, string>, values: Record<string, string> = {}) {
  const filled = (template: string) => {
    return template.replace(/\{\{([^}]+)\}\}/g, (_all, name) => (name === '$guid' ? newId() : (variables[name] ?? '')))
  }
  const url = request.url.raw.replace(/(?<=\/):(\w+)/g, (_all, name) => {
    const example = request.url.variable?.find(({ key }) => key === name)?.value ?? ''
    return encodeURIComponent(values[name] ?? example)
  })
  const headers = new Headers(
    request.header.filter(({ disabled }) => !disabled).map(one => [one.key, filled(one.value)]),
  )
  if (request.auth?.type !== 'noauth') headers.set('authorization', `Bearer ${variables.token}`)
  const body = request.body?.options.raw.language === 'json' ? JSON.parse(request.body.raw) : request.body?.raw
  const known = Object.entries(values).filter(([name]) => typeof body === 'object' && name in body)
  const sent = typeof body === 'object' ? JSON.stringify({ ...body, ...Object.fromEntries(known) }) : body
  const response = await fetch(filled(url), { method: request.method, headers, body: sent })
  const answer = await response.text()
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(answer) : undefined
  // What the script of the request does.
  if (event !== undefined && json?.accessToken !== undefined) variables.token = json.accessToken
  return { status: response.status, json }
}

test('the collection has the shape of version 2.1, with a folder for each module', async t => {
  const { collection } = await open(t)
  assert.deepEqual(Compile(Collection).Errors(collection), [])
  assert.deepEqual(
    collection.item.map(({ name }) => name),
    modules.map(({ contract }) => contract.name),
  )
})

test('a person creates an account, signs in, shortens an address and opens a room with it', async t => {
  const { collection, variables } = await open(t)
  const find = (route: string) => {
    const found = collection.item
      .flatMap(({ item }) => item)
      .find(({ request }) => `${request.method} ${request.url.raw.replace('{{origin}}/api/v1', '')}` === route)
    assert.ok(found, route)
    return found
  }
  assert.equal((await send(find('POST /auth/register'), variables)).status, 201)
  variables.token = ''
  assert.equal((await send(find('POST /auth/login'), variables, { login: 'ada' })).status, 200)
  assert.notEqual(variables.token, '')
  assert.equal((await send(find('GET /users/me'), variables)).json.username, 'ada')
  assert.equal((await send(find('POST /links'), variables)).json.url, 'https://example.org/a')
  assert.equal((await send(find('GET /links'), variables)).status, 200)
  const room = await send(find('POST /chat/rooms'), variables, { name: 'general' })
  assert.equal(room.status, 201)
  const message = await send(find('POST /chat/rooms/:roomId/messages'), variables, { roomId: room.json.id, body: 'Hi' })
  assert.equal(message.status, 201)
})

test('no request of the collection is refused for its shape', async t => {
  const { app, collection, variables } = await open(t, { trustCallers: true })
  variables.token = app.as(newId(), { roles: ['admin'] })
  const refusals = ['validation-failed', 'method-not-allowed', 'unsupported-media-type', 'internal']
  const refused: string[] = []
  for (const { name: folder, item } of collection.item) {
    for (const one of item) {
      const { json } = await send(one, { ...variables })
      if (refusals.includes(json?.code)) refused.push(`${folder}, ${one.name}: ${JSON.stringify(json)}`)
    }
  }
  assert.deepEqual(refused, [])
})
