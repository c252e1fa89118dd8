import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createOutbound, OutboundError, type OutboundFailure } from '../src/index.ts'
import { isPublicAddress } from '../src/networks.ts'

const allow = ['127.0.0.0/8']

async function serve(t: TestContext, handle: RequestListener, host = '127.0.0.1', port = 0): Promise<string> {
  const server: Server = createServer(handle)
  await new Promise<void>(resolve => server.listen(port, host, resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

const refusedBy = (failure: OutboundFailure) => (error: unknown) => {
  assert.ok(error instanceof OutboundError, String(error))
  assert.equal(error.failure, failure)
  return true
}

test('A14: an answer is returned with status, headers and body', async t => {
  const origin = await serve(t, (request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => response.writeHead(418, { 'x-seen': request.headers['x-sent'] ?? '' }).end(`got ${body}`))
  })
  const answer = await createOutbound({ allow }).fetch(`${origin}/a?b`, {
    method: 'POST',
    headers: { 'x-sent': 'yes' },
    body: 'hello',
  })
  assert.deepEqual([answer.status, answer.headers['x-seen'], answer.body.toString()], [418, 'yes', 'got hello'])
  assert.deepEqual([answer.url, answer.isTruncated], [`${origin}/a?b`, false])
})

test('A14: no spelling of an internal address is called', async () => {
  const outbound = createOutbound({ ports: [80, 443, 3000] })
  const inside = [
    'http://127.0.0.1/',
    'http://127.0.0.1:3000/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://①②⑦.0.0.1/',
    'http://10.0.0.1/',
    'http://100.64.0.1/',
    'http://100.100.100.200/latest/meta-data',
    'http://168.63.129.16/',
    'http://169.254.169.254/latest/meta-data/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://192.0.0.192/',
    'http://192.0.2.1/',
    'http://198.18.0.1/',
    'http://198.51.100.1/',
    'http://203.0.113.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/latest/meta-data',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
    'http://[2001::1]/',
    'http://[2001:db8::1]/',
    'http://[2002:7f00:1::]/',
    'https://127.0.0.1/',
  ]
  for (const url of inside) await assert.rejects(outbound.fetch(url), refusedBy('address-refused'), url)
})

test('A14: only http and https, only the configured ports, and no user names are allowed', async () => {
  const outbound = createOutbound({ resolve: async () => ['93.184.215.14'] })
  for (const url of [
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://example.org:25/',
    'data:text/html,x',
    'javascript:alert(1)',
    'http://user@example.org/',
    'http://user:secret@example.org/',
    'http://example.org:22/',
    'https://example.org:6379/',
    'http://',
    'nonsense',
    '',
  ]) {
    await assert.rejects(outbound.fetch(url), refusedBy('url-refused'), url)
  }
})

test('A14: public addresses are allowed, and the refused networks have exact bounds', () => {
  for (const address of ['8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255']) {
    assert.ok(isPublicAddress(address), address)
  }
  for (const address of ['172.32.0.0', '192.167.255.255', '223.255.255.255', '2606:4700::1111', '2a00:1450::1']) {
    assert.ok(isPublicAddress(address), address)
  }
  for (const address of ['10.255.255.255', '100.127.255.255', '239.255.255.255', '2001:1ff::1', '4000::1', '::2']) {
    assert.ok(!isPublicAddress(address), address)
  }
})

test('A14: a name with one internal address is refused, even when it has public ones too', async () => {
  for (const addresses of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['2606:4700::1111', '::1'], ['not an address']]) {
    const outbound = createOutbound({ resolve: async () => addresses })
    await assert.rejects(outbound.fetch('http://example.org/'), refusedBy('address-refused'), addresses.join())
  }
})

test('A14: a name that resolves differently the second time (DNS rebinding) is resolved once', async t => {
  const seen: string[] = []
  const outside = await serve(
    t,
    (request, response) => {
      seen.push(`outside ${request.headers.host}`)
      response.end('outside')
    },
    '127.0.0.2',
  )
  const { port } = new URL(outside)
  await serve(
    t,
    (_request, response) => {
      seen.push('inside')
      response.end('secret')
    },
    '127.0.0.1',
    Number(port),
  )
  let asked = 0
  // Only 127.0.0.2 counts as public here; the second answer would lead inside.
  const outbound = createOutbound({
    allow: ['127.0.0.2/32'],
    resolve: async () => (asked++ === 0 ? ['127.0.0.2'] : ['127.0.0.1']),
  })
  const answer = await outbound.fetch(`http://rebind.example:${port}/`)
  assert.equal(answer.body.toString(), 'outside')
  assert.deepEqual([asked, seen], [1, [`outside rebind.example:${port}`]])
  await assert.rejects(outbound.fetch(`http://rebind.example:${port}/`), refusedBy('address-refused'))
  assert.deepEqual(seen.length, 1)
})

test('A14: the rebinding test can fail: a client that resolves a second time reaches the internal address', async t => {
  // A client that checks a name and then lets the connection resolve it again.
  const inside = await serve(t, (_request, response) => void response.end('secret'))
  let asked = 0
  const resolve = async () => (asked++ === 0 ? ['93.184.215.14'] : ['127.0.0.1'])
  const [checked = ''] = await resolve()
  assert.ok(isPublicAddress(checked))
  const [connected = ''] = await resolve()
  const answer = await fetch(inside.replace('127.0.0.1', connected))
  assert.equal(await answer.text(), 'secret')
})

test('A14: every redirect passes the same checks', async t => {
  const inside = await serve(t, (_request, response) => void response.end('secret'), '127.0.0.1')
  const targets: Record<string, string> = {
    '/inside': inside,
    '/metadata': 'http://169.254.169.254/',
    '/file': 'file:///etc/passwd',
    '/port': 'http://127.0.0.3:1/',
    '/relative': '/end',
    '/loop': '/loop',
  }
  const outside = await serve(
    t,
    (request, response) => {
      const location = targets[request.url ?? '']
      if (location === undefined) response.end('end')
      else response.writeHead(302, { location }).end()
    },
    '127.0.0.2',
  )
  const outbound = createOutbound({ allow: ['127.0.0.2/32'] })
  const follow = (path: string) => outbound.fetch(outside + path, { redirectsMax: 3 })
  await assert.rejects(follow('/inside'), refusedBy('address-refused'))
  await assert.rejects(follow('/metadata'), refusedBy('address-refused'))
  await assert.rejects(follow('/file'), refusedBy('url-refused'))
  await assert.rejects(follow('/port'), refusedBy('address-refused'))
  await assert.rejects(follow('/loop'), refusedBy('too-many-redirects'))
  assert.equal((await follow('/relative')).url, `${outside}/end`)
  assert.equal((await outbound.fetch(`${outside}/inside`)).status, 302)
})

test('A14: secrets and bodies meant for one site are not sent to another', async t => {
  const seen: unknown[] = []
  const other = await serve(t, (request, response) => {
    const { authorization, cookie, 'x-key': key } = request.headers
    seen.push([request.method, authorization, cookie, key, request.headers['user-agent']])
    response.end()
  })
  const first = await serve(t, (request, response) => {
    response.writeHead(request.url === '/307' ? 307 : 303, { location: other }).end()
  })
  const outbound = createOutbound({ allow })
  const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'x-key': 'secret', 'user-agent': 'Test' }
  const request = { method: 'POST', headers, body: '{}', redirectsMax: 1 } as const
  await outbound.fetch(`${first}/303`, request)
  assert.deepEqual(seen, [['GET', undefined, undefined, undefined, 'Test']])
  await assert.rejects(outbound.fetch(`${first}/307`, request), refusedBy('url-refused'))
  assert.equal(seen.length, 1)
})

test('A14: an answer that is too large, too slow or compressed is refused', async t => {
  const origin = await serve(t, (request, response) => {
    if (request.url === '/endless') {
      const more = () => {
        while (response.write('x'.repeat(1024)));
      }
      response.on('drain', more)
      more()
    } else if (request.url === '/headers') response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end()
    else if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('bomb')
    else if (request.url === '/drip') response.write('a')
  })
  const outbound = createOutbound({ allow })
  await assert.rejects(outbound.fetch(`${origin}/endless`, { bodyBytesMax: 10_000 }), refusedBy('too-large'))
  const cut = await outbound.fetch(`${origin}/endless`, { bodyBytesMax: 10_000, truncate: true })
  assert.deepEqual([cut.body.length, cut.isTruncated], [10_000, true])
  await assert.rejects(outbound.fetch(`${origin}/headers`), refusedBy('unreachable'))
  await assert.rejects(outbound.fetch(`${origin}/gzip`), refusedBy('encoding-refused'))
  await assert.rejects(outbound.fetch(`${origin}/silent`, { timeoutMs: 100 }), refusedBy('timed-out'))
  await assert.rejects(outbound.fetch(`${origin}/drip`, { timeoutMs: 100 }), refusedBy('timed-out'))
  const never = createOutbound({ resolve: () => new Promise(() => undefined) })
  await assert.rejects(never.fetch('http://slow.example/', { timeoutMs: 50 }), refusedBy('timed-out'))
})

test('A14: an unknown name and an unreachable server are reported differently', async t => {
  const nowhere = createOutbound({ resolve: async () => [] })
  await assert.rejects(nowhere.fetch('http://nowhere.example/'), refusedBy('host-unknown'))
  const probe = createTcpServer()
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise(resolve => probe.close(resolve))
  const outbound = createOutbound({ allow })
  await assert.rejects(outbound.fetch(`http://127.0.0.1:${port}/`), refusedBy('unreachable'))
  const garbage = createTcpServer(socket => {
    socket.on('error', () => undefined)
    socket.resume().end('not http at all\r\n\r\n')
  })
  await new Promise<void>(resolve => garbage.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise(resolve => garbage.close(resolve)))
  const garbagePort = (garbage.address() as AddressInfo).port
  await assert.rejects(outbound.fetch(`http://127.0.0.1:${garbagePort}/`), refusedBy('unreachable'))
})

test('A14: a proxy named in the environment is not used', async t => {
  let proxied = 0
  const proxy = await serve(t, (_request, response) => {
    proxied++
    response.end('proxy')
  })
  const origin = await serve(t, (_request, response) => void response.end('direct'))
  const names = ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY'] as const
  const before = names.map(name => process.env[name])
  t.after(() => {
    for (const [index, name] of names.entries()) {
      const value = before[index]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  process.env.HTTP_PROXY = proxy
  process.env.http_proxy = proxy
  process.env.NODE_USE_ENV_PROXY = '1'
  const answer = await createOutbound({ allow }).fetch(origin)
  assert.deepEqual([answer.body.toString(), proxied], ['direct', 0])
})

test('a bounded number of requests runs, a bounded number waits, and the next is refused as busy', async t => {
  const open: (() => void)[] = []
  let arrived = () => {}
  const origin = await serve(t, (_request, response) => {
    open.push(() => response.end('done'))
    arrived()
  })
  const outbound = createOutbound({ allow, concurrencyMax: 1 })
  const first = new Promise<void>(resolve => {
    arrived = resolve
  })
  const running = [outbound.fetch(origin)]
  await first
  for (let index = 0; index < 4; index++) running.push(outbound.fetch(origin))
  await assert.rejects(outbound.fetch(origin), refusedBy('busy'))
  arrived = () => open.at(-1)?.()
  open[0]?.()
  const answers = await Promise.all(running)
  assert.equal(answers.length, 5)
  assert.equal((await outbound.fetch(origin)).status, 200)
})

test('an invalid network is a configuration error', () => {
  for (const network of ['10.0.0.0', '10.0.0.0/33', 'example.org/8', '::/129', '']) {
    assert.throws(() => createOutbound({ allow: [network] }), /is not a network/, network)
  }
})
