/** Markdown of messages: its meaning, its harmlessness, and its speed for any text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { candidates, named, namingAt, withIds } from '../src/features/chat/composer/mentions.ts'
import { type Block, type Inline, parseMarkdown, plainText } from '../src/features/chat/timeline/markdown.ts'

const id = '01890a5d-ac96-774b-bcce-b302099a8057'

function inlinesOf(blocks: readonly Block[]): readonly Inline[] {
  return blocks.flatMap(block => {
    if (block.kind === 'code') return []
    if (block.kind === 'quote') return inlinesOf(block.children)
    if (block.kind === 'list') return block.items.flat()
    return block.children
  })
}

function walk(nodes: readonly Inline[]): readonly Inline[] {
  return nodes.flatMap(node => ('children' in node ? [node, ...walk(node.children)] : [node]))
}

const kinds = (text: string) => walk(inlinesOf(parseMarkdown(text))).map(({ kind }) => kind)
const hrefs = (text: string) =>
  walk(inlinesOf(parseMarkdown(text))).flatMap(node => (node.kind === 'link' ? [node.href] : []))

test('marks have their usual meaning', () => {
  assert.deepEqual(kinds('**a** _b_ ~~c~~ `d`'), [
    'strong',
    'text',
    'text',
    'em',
    'text',
    'text',
    'del',
    'text',
    'text',
    'code',
  ])
  assert.deepEqual(kinds('snake_case_name and 2 * 3 * 4'), ['text'])
  assert.deepEqual(kinds('\\*not\\* this'), ['text', 'text', 'text', 'text'])
  assert.deepEqual(kinds(`hi <@${id}>`), ['text', 'mention'])
  assert.deepEqual(parseMarkdown('```ts\nlet a = "<b>"\n```'), [
    { kind: 'code', language: 'ts', text: 'let a = "<b>"' },
  ])
  assert.deepEqual(
    parseMarkdown('2. x\n3. y').map(block => block.kind === 'list' && block.start),
    [2],
  )
  assert.deepEqual(
    parseMarkdown('> a\n> b').map(({ kind }) => kind),
    ['quote'],
  )
  assert.deepEqual(hrefs('see https://a.example/x_(y)?q=1. Or (https://b.example/z), ok'), [
    'https://a.example/x_(y)?q=1',
    'https://b.example/z',
  ])
  assert.equal(
    plainText(`**Hi** <@${id}>\n> q`, () => 'Ada'),
    'Hi @Ada q',
  )
})

test('only web and mail addresses become links', () => {
  const hostile = [
    '[a](javascript:alert(1))',
    '[a](  java\tscript:alert(1))',
    '[a](data:text/html;base64,PHNjcmlwdD4=)',
    '[a](vbscript:x)',
    '[a](//evil.example)',
    '[a](file:///etc/passwd)',
    '<javascript:alert(1)>',
    'javascript:alert(1)',
    '[a](&#106;avascript:alert(1))',
    '<a href="javascript:alert(1)">x</a>',
  ]
  for (const text of hostile) assert.deepEqual(hrefs(text), [], text)
  assert.deepEqual(hrefs('[a](https://x.example) mailto:a@b.example'), ['https://x.example/', 'mailto:a@b.example'])
})

test('any text is parsed without loss of a letter, and every link in it is harmless', () => {
  const piece = fc.constantFrom(
    '*',
    '**',
    '_',
    '~~',
    '`',
    '```',
    '[',
    '](',
    ')',
    '<',
    '>',
    '\n',
    '> ',
    '1. ',
    'https://a.b/',
    'a',
    ' ',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.array(piece, { maxLength: 80 }).map(all => all.join('')),
      ),
      text => {
        const nodes = walk(inlinesOf(parseMarkdown(text)))
        for (const node of nodes) if (node.kind === 'link') assert.match(node.href, /^(https?:\/\/|mailto:)/)
      },
    ),
  )
})

test('the longest message of the worst kind is parsed quickly', () => {
  const worst = [
    '*',
    '_',
    '**a ',
    '[',
    '[a](',
    '`',
    '<@',
    '> ',
    '~~',
    'https://',
    '\\',
    '*a_b~~',
    '1. ',
    '(https://a)',
    '\n',
    '[a](h',
  ]
  for (const part of worst) {
    const text = part.repeat(Math.ceil(8_000 / part.length)).slice(0, 8_000)
    const startedMs = performance.now()
    parseMarkdown(text)
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 500, `${JSON.stringify(part)}: ${tookMs} ms`)
  }
})

test('mentions are found while the user types, and are sent as ids', () => {
  const ada = { id, username: 'ada', displayName: 'Ada Lovelace' }
  const others = [ada, { id: id.replace('01', '02'), username: 'ada.king', displayName: 'Countess' }]
  const naming = namingAt('hello @lo', 9)
  assert.deepEqual(naming, { from: 6, to: 9, q: 'lo' })
  assert.equal(namingAt('mail a@lo', 9), undefined)
  assert.deepEqual(candidates(others, 'lo', 5), [ada])
  assert.deepEqual(named('hello @lo there', { from: 6, to: 9, q: 'lo' }, ada), { text: 'hello @ada there', cursor: 11 })
  assert.equal(withIds('@ada, @ada.king! @unknown a@ada', others), `<@${id}>, <@${others[1]?.id}>! @unknown a@ada`)
})
