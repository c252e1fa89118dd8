import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { defer, getRequest, type Test } from '@octet/testkit'
import { runLoad } from '../load/run-load.ts'

async function serve(t: Test, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  defer(t, async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

function answerTo(path: string, contains = 'x-path: ') {
  return { request: getRequest(path), status: 302, contains: `${contains}${path}\r\n` }
}

const redirect: RequestListener = (request, response) => {
  response.writeHead(302, { 'x-path': request.url, 'content-length': 0 })
  response.end()
}

test('the closed loop counts every answer once, by request, also those that come after its end', async t => {
  const served = new Map<string, number>()
  const port = await serve(t, (request, response) => {
    served.set(request.url ?? '', (served.get(request.url ?? '') ?? 0) + 1)
    redirect(request, response)
  })
  const requests = [answerTo('/a'), answerTo('/b'), answerTo('/c')]
  const result = await runLoad({ loop: 'closed', port, connections: 7, durationMs: 150, requests })
  assert.deepEqual(result.answered, [served.get('/a'), served.get('/b'), served.get('/c')])
  assert.ok(result.latency.count > 0 && result.latency.p50Ms <= result.latency.p99Ms)
})

test('the open loop charges a stalled server for every request that was due meanwhile', async t => {
  const stallMs = 300
  let hasStalled = false
  const port = await serve(t, (request, response) => {
    // All answers stall, as in a long garbage collection, not just one.
    if (!hasStalled) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs)
    hasStalled = true
    redirect(request, response)
  })
  // Generator and server share this process, so the generator stalls too: due requests are charged all the same.
  const plan = { port, connections: 4, durationMs: 600, requests: [answerTo('/a')] }
  const open = await runLoad({ ...plan, loop: 'open', perSecond: 200 })
  assert.equal(open.answered[0], 120, 'none is left out')
  assert.ok(open.latency.maxMs >= stallMs)
  // Due evenly over 600 ms: about half of all waited, on average half the stall.
  assert.ok(open.latency.p90Ms > stallMs * 0.6, `p90 ${open.latency.p90Ms}`)
})

test('a wrong answer or a broken connection ends the run with the reason', async t => {
  const wrong = await serve(t, (_request, response) => response.writeHead(500, { 'content-length': 0 }).end())
  const plan = { loop: 'closed', connections: 2, durationMs: 1_000 } as const
  await assert.rejects(runLoad({ ...plan, port: wrong, requests: [answerTo('/a')] }), /not the wanted answer.* 500 /s)
  const other = await serve(t, redirect)
  await assert.rejects(
    runLoad({ ...plan, port: other, requests: [answerTo('/a', 'x-other: ')] }),
    /not the wanted answer/,
  )
  const broken = await serve(t, request => request.socket.destroy())
  await assert.rejects(runLoad({ ...plan, port: broken, requests: [answerTo('/a')] }), /closed a connection|ECONNRESET/)
})
