/** Tests the fixes of driver.ts that transactions do not cover. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { openPool } from '../src/index.ts'

/** A proxy to the database that closes on request when the client asks for the types of arrays. */
async function openWire(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let cuts = 0
  let isCutting = true
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    upstream.pipe(client)
    client.on('data', bytes => {
      if (isCutting && bytes.includes('typarray')) {
        cuts++
        server.close()
        client.end()
        upstream.destroy()
      } else upstream.write(bytes)
    })
    client.on('close', () => upstream.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  defer(t, async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const through = new URL(url)
  through.host = `127.0.0.1:${address.port}`
  return {
    url: through.href,
    cuts: () => cuts,
    async heal(): Promise<void> {
      isCutting = false
      server.listen(address.port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}

test('a server that fails while a connection loads its types fails the query and not the process', async t => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', note)
  defer(t, async () => void process.off('unhandledRejection', note))
  const wire = await openWire(t, await testDatabase(t, []))
  const sql = openPool(wire.url, { connectionsMax: 1 })
  defer(t, () => sql.end({ timeout: 1 }))
  await assert.rejects(sql`select 1 as one`, { code: 'ECONNREFUSED' })
  assert.equal(wire.cuts(), 1, 'the server went away during that query')
  await new Promise(setImmediate)
  assert.deepEqual(rejections, [])
  await wire.heal()
  assert.deepEqual([...(await sql`select array[1, 2] as found`)], [{ found: [1, 2] }])
})
