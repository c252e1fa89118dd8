/** Heads of pages, also of broken and hostile ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readPageHead } from '../src/page-head.ts'

const read = (html: string | Buffer, type = 'text/html') => readPageHead(Buffer.from(html as string), type)
const titleOf = (html: string | Buffer, type?: string) => read(html, type).title

test('a title is decoded, put on one line and stripped of characters that turn text around', () => {
  assert.equal(
    titleOf('<!doctype html><TITLE lang="en">\n Tom &amp; J&eacute;r&#244;me &#x2014;\u202e x </TITLE>'),
    'Tom & Jérôme — x',
  )
  assert.equal(
    titleOf('<title>Sil&shy;ben &CounterClockwiseContourIntegral; &notanentity;</title>'),
    'Silben ∳ ¬anentity;',
  )
  assert.equal(titleOf('<title>👩‍👩‍👧</title>'), '👩‍👩‍👧')
  assert.equal(titleOf('<title>a <b>bold</b> claim</title>'), 'a <b>bold</b> claim')
  assert.equal(titleOf(`<title>${'😀'.repeat(150)}</title>`)?.length, 200)
  for (const none of ['', '<title></title>', '<title> &nbsp; </title>', '<title>never closed', '<p>title</p>']) {
    assert.equal(titleOf(none), undefined, none)
  }
})

test('the encoding comes from the byte order mark, the header or the page, in this order', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  assert.equal(titleOf(latin1('<title>Gr\xfc\xdfe</title>'), 'text/html; charset=ISO-8859-1'), 'Grüße')
  assert.equal(titleOf(latin1('<meta charset="windows-1251"><title>\xcf\xf0\xe8</title>')), 'При')
  const equivalent =
    '<meta content="text/html; charset=windows-1251" http-equiv=Content-Type><title>\xcf\xf0\xe8</title>'
  assert.equal(titleOf(latin1(equivalent)), 'При')
  assert.equal(titleOf(Buffer.from('\ufeff<title>ü</title>', 'utf16le'), 'text/html; charset=utf-8'), 'ü')
  assert.equal(titleOf('<meta charset=utf-16><title>ü</title>'), 'ü', 'bytes that can be read as ASCII are not UTF-16')
  assert.equal(titleOf('<script src=x charset=windows-1251></script><title>ü</title>'), 'ü', 'a script is not the page')
  assert.equal(titleOf('<title>x</title>', 'text/html; charset=no-such-thing'), 'x')
})

test('meta tags are read in whatever shape they come', () => {
  const head = read(`<html><head><title>Plain</title>
    <meta content='A &amp; B &#x202e;&lt;script&gt;' property=og:title><META NAME="description" CONTENT="two
    lines"><meta property="og:image" content="/cover.png"><meta property="og:image" content="/second.png">
    <link rel="shortcut ICON" href="/icon.png"></head>`)
  const image = '/cover.png'
  assert.deepEqual(head, { title: 'A & B <script>', description: 'two lines', siteName: '', image, icon: '/icon.png' })
  assert.equal(titleOf('<meta property=og:title content=" "><title>Plain</title>'), 'Plain')
  assert.equal(read('<meta name="og:site_name" content="Bread">').siteName, 'Bread')
})

test('only the page speaks: not its scripts, comments, drawings or attributes', () => {
  assert.equal(titleOf('<!-- <title>a</title> --><script>"<title>b</title>"</script><title>c</title>'), 'c')
  assert.equal(titleOf('<svg><title>Icon</title></svg><title>Page</title>'), 'Page')
  assert.equal(titleOf('<svg><title>Icon</title><p><title>Page</title>'), 'Page', 'a drawing that is never closed')
  assert.equal(titleOf('<svg/><title>Page</title>'), 'Page')
  assert.equal(titleOf('<p data-x="<title>a</title>"><title>Page</title>'), 'Page')
})

test('any bytes at all are read without an error, and texts keep their bounds', () => {
  const pieces = [
    '<title>',
    '</title>',
    '<meta ',
    'property=og:title ',
    'content="',
    '">',
    '&#x',
    '&amp',
    '<svg>',
    '<!--',
  ]
  const page = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), { maxLength: 40 })
  const types = fc.constantFrom('text/html', 'text/html; charset=shift_jis', 'text/html; charset=utf-16')
  fc.assert(
    fc.property(page, types, (parts, type) => {
      const { title = '', description } = read(parts.join(''), type)
      assert.ok(title.length <= 200 && description.length <= 400)
      assert.ok(title.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u.test(title))
    }),
    { numRuns: 50 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), bytes => void readPageHead(bytes, 'text/html')))
})

test('no page takes more time than its length', () => {
  const size = 256 * 1024
  const fill = (piece: string) => piece.repeat(size / piece.length)
  const hostile = {
    'titles that never end': fill('<title'),
    'ends that never come': `<title>${fill('</titl')}`,
    'open elements': fill('<a>'),
    'open elements and closing tags of others': fill('<a>').slice(0, size / 2) + fill('</b>').slice(0, size / 2),
    attributes: `<meta ${fill('a=b ')}`,
    'attributes of many names': `<meta ${Array.from({ length: 30_000 }, (_, n) => `a${n}=b`).join(' ')}>`,
    entities: `<title>${fill('&amp;')}</title>`,
    'entities without an end': fill('&ampamp'),
    comments: fill('<!--'),
    drawings: fill('<svg>'),
    titles: fill('<title>x</title>'),
    'meta tags': fill('<meta property=og:title content=x>'),
    quotes: `<meta content="${fill("'>")}`,
  }
  read(hostile['meta tags']) // compiled before it is measured
  for (const [name, page] of Object.entries(hostile)) {
    const before = process.cpuUsage() // not the clock: this machine may be busy with other work
    read(page)
    const tookMs = process.cpuUsage(before).user / 1_000
    assert.ok(tookMs < 1_000, `${name}: ${tookMs.toFixed()} ms`)
  }
})
