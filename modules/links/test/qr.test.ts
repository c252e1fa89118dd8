import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

test('the owner of a link gets its QR code as SVG and PNG, cached by ETag', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const token = app.as(newId())
  const link = await app.client(links, { token }).createLink({ url: 'https://example.org/' })
  const ask = (query: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    app.http.inject({ url: `/api/v1/links/${link.id}/qr${query}`, headers })
  const svg = await ask('?fg=1a2b3c&margin=2')
  assert.deepEqual([svg.statusCode, svg.headers['content-type']], [200, 'image/svg+xml'])
  assert.match(svg.body, /^<svg .*#1a2b3c/s)
  const again = await ask('?fg=1a2b3c&margin=2', {
    authorization: `Bearer ${token}`,
    'if-none-match': String(svg.headers.etag),
  })
  assert.deepEqual([again.statusCode, again.body], [304, ''])
  const png = await ask('?format=png&size=128')
  assert.equal(png.rawPayload.readUInt32BE(16), 128)
  assert.equal(png.headers['x-qr-warning'], undefined)
  assert.match(String((await ask('?fg=ffff00&bg=ffffff')).headers['x-qr-warning']), /contrast/)
  assert.match(String((await ask('?fg=ffffff&bg=000000')).headers['x-qr-warning']), /contrast/)
  for (const query of ['?format=gif', '?size=9999', '?size=1', '?margin=21', '?ecc=X', '?fg=red', '?fg=1&fg=2']) {
    assert.equal((await ask(query)).statusCode, 400, query)
  }
  assert.equal((await ask('', {})).statusCode, 401)
  assert.equal((await ask('', { authorization: `Bearer ${app.as(newId())}` })).statusCode, 404)
})
