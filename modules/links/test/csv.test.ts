/** Importing and exporting links as files. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { byteOrderMark, readCsv } from '@octet/csv'
import { newId } from '@octet/db'
import { type Test, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

async function open(t: Test) {
  const app = await testApp(t, { modules: [linksModule] })
  const token = app.as(newId())
  const mine = app.client(links, { token })
  const send = (csv: string | Buffer, headers: Record<string, string> = {}, query = '') =>
    app.http.inject({
      method: 'POST',
      url: `/api/v1/links/import${query}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv; charset=utf-8', ...headers },
      payload: csv,
    })
  const get = (path: string, bearer = token) =>
    app.http.inject({ url: `/api/v1/links/${path}`, headers: { authorization: `Bearer ${bearer}` } })
  return { app, mine, send, get }
}

test('an export of another shortener is imported, with a problem for each refused row', async t => {
  const { mine, send } = await open(t)
  const file = [
    'Long URL,Back-half,Title,Tags,Clicks,Expires',
    'https://example.org/1,first,"A, ""B""","red, blue",77,2099-01-02',
    'javascript:alert(1),,,,,',
    'https://example.org/2,FIRST,,,,',
    'https://example.org/3,,,,,yesterday',
    ',,,,,',
    `https://example.org/4,,'=1+1,,,`,
  ].join('\r\n')
  const answer = await send(file)
  assert.equal(answer.statusCode, 200, answer.body)
  const { created, failed, problems, columns } = answer.json()
  assert.deepEqual([created, failed], [2, 4])
  assert.deepEqual(columns, ['url', 'alias', 'title', 'tags', 'ignore', 'expiresAt'])
  assert.deepEqual(
    problems.map(({ line, code }: { line: number; code: string }) => [line, code]),
    [
      [3, 'links.url-not-allowed'],
      [4, 'links.alias-taken'],
      [5, 'validation-failed'],
      [6, 'validation-failed'],
    ],
  )
  const made = (await mine.listLinks({ sort: 'createdAt' })).data
  const first = made.find(({ code }) => code === 'first')
  assert.deepEqual(
    [first?.title, first?.tags, first?.expiresAt, first?.clicks],
    ['A, "B"', ['red', 'blue'], '2099-01-02T00:00:00.000Z', 0],
  )
  assert.ok(made.some(({ title }) => title === '=1+1'))
})

test('repeating an import under the same key creates nothing twice; another file under it is refused', async t => {
  const { mine, send } = await open(t)
  const key = { 'idempotency-key': 'import-1' }
  const file = 'url\nhttps://example.org/a\nhttps://example.org/b\n'
  const once = await send(file, key)
  assert.deepEqual((await send(file, key)).json(), once.json())
  assert.equal((await mine.listLinks({})).data.length, 2)
  assert.equal((await send(`${file}https://example.org/c\n`, key)).statusCode, 422)
})

test('a file is refused whole when it is too large, too long, without addresses or not terminated', async t => {
  const { app, mine, send } = await open(t)
  const code = async (csv: string) => (await send(csv)).json().code
  assert.equal(await code('name,tags\nx,y\n'), 'links.file-not-readable')
  assert.equal(await code('url\n'), 'links.file-not-readable')
  assert.equal(await code('url\n"https://example.org/'), 'links.file-not-readable')
  assert.equal(await code(`url\n${'https://example.org/\n'.repeat(1_001)}`), 'links.file-not-readable')
  assert.equal(await code(`url\n${'x'.repeat(1_000_000)}`), 'payload-too-large')
  assert.equal((await mine.listLinks({})).data.length, 0)
  const elsewhere = await app.http.inject({
    method: 'POST',
    url: '/api/v1/links',
    headers: { 'content-type': 'text/csv' },
    payload: 'url\nhttps://example.org/',
  })
  assert.equal(elsewhere.statusCode, 415, 'other routes take no CSV')
  const named = await send('x,y\nhi,https://example.org/named\n', {}, '?columns=title&columns=url')
  assert.equal(named.json().created, 1, named.body)
})

test("an export contains all of the caller's links, only theirs, and can be imported again", async t => {
  const { app, send, get } = await open(t)
  const rows = Array.from({ length: 620 }, (_, index) => `https://example.org/${index},"=cmd(${index})"`)
  assert.equal((await send(`url,title\n${rows.join('\n')}`)).json().created, 620)
  await app.client(links, { token: app.as(newId()) }).createLink({ url: 'https://example.org/theirs' })
  const file = await get('export?bom=true')
  assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(String(file.headers['content-disposition']), /^attachment; filename="links-\d{4}-\d\d-\d\d\.csv"$/)
  assert.ok(file.body.startsWith(`${byteOrderMark}url,alias,`))
  assert.doesNotMatch(file.body, /theirs|,=cmd/)
  assert.equal((await Array.fromAsync(readCsv([file.body]))).length, 621)
  const again = (await send(file.body)).json()
  assert.deepEqual([again.created, again.failed], [0, 620], 'codes are taken')
  assert.equal(again.problems[0].code, 'links.alias-taken')
  assert.equal((await get('export', app.as(newId()))).body.trim().split('\r\n').length, 1)
})

test('only the owner can export statistics', async t => {
  const { app, mine, get } = await open(t)
  const { id } = await mine.createLink({ url: 'https://example.org/' })
  const file = await get(`${id}/stats/export?days=3`)
  assert.equal(file.statusCode, 200)
  assert.deepEqual(
    (await Array.fromAsync(readCsv([file.body]))).map(({ cells }) => cells[0]),
    ['kind', 'time', 'time', 'time'],
  )
  assert.equal((await get(`${id}/stats/export`, app.as(newId()))).statusCode, 404)
})
