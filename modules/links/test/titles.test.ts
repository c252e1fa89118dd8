/** Titles of destination pages. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import { defer, type Test, testApp } from '@octet/testkit'
import { fetchTitle } from '../src/manage/fetch-title.ts'
import { linksModule } from '../src/module.ts'

async function open(t: Test) {
  let asked = 0
  let during = async () => {}
  const server = createServer(async (_request, response) => {
    asked++
    await during()
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<title>The page</title>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, () => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  const app = await testApp(t, { modules: [linksModule], outbound: { allow: ['127.0.0.0/8'] } })
  const ctx = app.runtime.host.contextOf('links', serviceRequest('links', newId(), 30_000)) as never
  const mine = app.client(links, { token: app.as(newId()) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const setDuring = (work: () => Promise<void>) => {
    during = work
  }
  return { app, ctx, mine, url, asked: () => asked, setDuring }
}

test("a link gets its page's title only when asked for, and keeps a title set meanwhile", async t => {
  const { ctx, mine, url, asked, setDuring } = await open(t)
  const plain = await mine.createLink({ url, fetchTitle: true })
  await fetchTitle(ctx, { linkId: plain.id })
  assert.deepEqual(await mine.getLink({ id: plain.id }).then(({ title, version }) => [title, version]), [
    'The page',
    plain.version + 1,
  ])
  const raced = await mine.createLink({ url, fetchTitle: true })
  setDuring(async () => void (await mine.updateLink({ id: raced.id, title: 'Mine' })))
  await fetchTitle(ctx, { linkId: raced.id })
  assert.equal((await mine.getLink({ id: raced.id })).title, 'Mine')
  const moved = await mine.createLink({ url, fetchTitle: true })
  setDuring(async () => void (await mine.updateLink({ id: moved.id, url: 'https://example.org/elsewhere' })))
  await fetchTitle(ctx, { linkId: moved.id })
  assert.equal((await mine.getLink({ id: moved.id })).title, null)
  await fetchTitle(ctx, { linkId: newId() })
  assert.equal(asked(), 3)
})

test('no page is fetched for links with a title, of anonymous callers, or without the request for it', async t => {
  const { app, mine, url, asked } = await open(t)
  await mine.createLink({ url })
  await mine.createLink({ url, title: 'Mine', fetchTitle: true })
  await app.client(links).createLink({ url, fetchTitle: true })
  const { id } = await mine.createLink({ url, fetchTitle: true })
  await app.runtime.start()
  const deadlineMs = performance.now() + 15_000
  while ((await mine.getLink({ id })).title === null && performance.now() < deadlineMs) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.equal((await mine.getLink({ id })).title, 'The page')
  assert.equal(asked(), 1)
})

test('no page is fetched while an administrator has turned titles off, also for links that wait', async t => {
  const { app, ctx, mine, url, asked } = await open(t)
  const { id } = await mine.createLink({ url, fetchTitle: true })
  await app.setFlag('links.fetch-titles', 0)
  await fetchTitle(ctx, { linkId: id })
  assert.deepEqual([(await mine.getLink({ id })).title, asked()], [null, 0])
  await app.setFlag('links.fetch-titles', 100)
  await fetchTitle(ctx, { linkId: id })
  assert.deepEqual([(await mine.getLink({ id })).title, asked()], ['The page', 1])
})
