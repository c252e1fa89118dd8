import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { access, apiPrefix, closed, defineContract, operation } from '@octet/contracts'
import { defineModule } from '@octet/kernel'
import { type Test, testApp } from '@octet/testkit'
import { Type } from 'typebox'

function contractOf<Name extends string>(name: Name) {
  return defineContract({
    name,
    problems: {},
    operations: {
      read: operation({
        summary: 'read',
        http: `GET /${name}`,
        access: access.anyone,
        input: closed({}),
        output: closed({ from: Type.String() }),
        problems: [],
        retry: 'safe',
        timeoutMs: 1_000,
      }),
    },
    events: {},
  })
}

type Plain = ReturnType<typeof contractOf>
type AddRoutes = NonNullable<ReturnType<typeof defineModule<Plain, [], object>>['routes']>

function moduleOf(name: string, routes?: AddRoutes) {
  const contract = contractOf(name)
  return defineModule({
    contract,
    calls: [],
    migrations: new URL('./sample-migrations/', import.meta.url),
    privacy: { keepsNothing: 'it only answers its own name' },
    open: async () => ({}),
    operations: { read: async () => ({ from: name }) },
    ...(routes === undefined ? {} : { routes }),
  })
}

test('a hook, a decorator and a content type of one module reach no route of another module', async t => {
  const hooked: string[] = []
  const nosy = moduleOf('nosy', ({ app }) => {
    app.addHook('onRequest', async request => void hooked.push(request.url))
    app.addHook('onSend', async (_request, reply, payload) => {
      reply.header('x-nosy', 'was here')
      return payload
    })
    app.decorate('secretOfNosy', 'a value')
    app.addContentTypeParser('text/x-nosy', { parseAs: 'string' }, (_request, text, done) => done(null, text))
    app.get('/nosy-page', { config: { access: access.anyone } }, async () => ({}))
  })
  let isDecorated: boolean | undefined
  const quiet = moduleOf('quiet', ({ app }) => {
    isDecorated = app.hasDecorator('secretOfNosy')
    app.post('/quiet-page', { config: { access: access.anyone } }, async () => ({}))
  })
  const { http } = await testApp(t, { modules: [nosy, quiet] })

  const own = [await http.inject(`${apiPrefix}/nosy`), await http.inject('/nosy-page')]
  const others = [await http.inject(`${apiPrefix}/quiet`), await http.inject('/nowhere'), await http.inject('/traces')]
  const posted = await http.inject({ method: 'POST', url: '/quiet-page', headers: { 'content-type': 'text/x-nosy' } })

  assert.deepEqual(
    own.map(({ statusCode, headers }) => [statusCode, headers['x-nosy']]),
    [
      [200, 'was here'],
      [200, 'was here'],
    ],
  )
  assert.deepEqual(
    others.map(({ statusCode, headers }) => [statusCode, headers['x-nosy']]),
    [
      [200, undefined],
      [404, undefined],
      [401, undefined],
    ],
  )
  assert.equal(posted.statusCode, 415)
  assert.equal(isDecorated, false)
  assert.deepEqual(hooked, [`${apiPrefix}/nosy`, '/nosy-page'])
})

test('host rewrites are asked in order, each after the one before found nothing', async t => {
  const asked: string[] = []
  const first = moduleOf('first', ({ app }) => {
    app.get('/first/:page', { config: { access: access.anyone } }, async () => 'first')
    app.addHostRewrite(({ headers }) => {
      asked.push('first')
      return headers.host === 'one.example' ? '/first/page' : undefined
    })
    app.addHostRewrite(async ({ headers }) => {
      asked.push('lookup')
      return headers.host === 'two.example' ? '/first/page' : undefined
    })
  })
  const second = moduleOf('second', ({ app }) => {
    app.get('/second', { config: { access: access.anyone } }, async () => 'second')
    app.addHostRewrite(({ headers }) => {
      asked.push('second')
      return headers.host === 'three.example' ? '/second' : undefined
    })
  })
  const get = await listening(t, [first, second])
  const answers: [string, string, string[]][] = []
  for (const host of ['one.example', 'two.example', 'three.example', 'octet.example']) {
    answers.push([host, await get(host), asked.splice(0)])
  }
  assert.deepEqual(answers, [
    ['one.example', 'first', ['first']],
    ['two.example', 'first', ['first', 'lookup']],
    ['three.example', 'second', ['first', 'lookup', 'second']],
    ['octet.example', '404', ['first', 'lookup', 'second']],
  ])
})

/** Returns a function that asks for `/page` of a host and resolves to the body, or to the status of a problem. */
async function listening(t: Test, modules: Parameters<typeof testApp>[1]['modules']) {
  const { http } = await testApp(t, { modules })
  await http.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.server.address() as AddressInfo
  return async (host: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.end(`GET /page HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    let text = ''
    socket.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    await once(socket, 'close')
    const status = / (\d+) /.exec(text)?.[1] ?? ''
    return status === '200' ? (text.split('\r\n\r\n')[1] ?? '') : status
  }
}
