import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawings } from '../drawings/pages.ts'
import { plant, readTree } from '../tree.ts'

const tree = readTree()

function drawn(source: string): string {
  return drawings(plant(tree, 'docs/drawings/planted.txt', source)).get('docs/drawings/planted.svg') ?? ''
}

test('every committed drawing equals the drawing that its text generates', () => {
  const expected = drawings(tree)
  assert.ok(expected.size >= 4)
  for (const [path, svg] of expected) assert.equal(tree.get(path)?.text, svg, `${path}: run npm run docs:generate`)
  const committed = [...tree.keys()].filter(path => /^docs\/drawings\/.*\.svg$/.test(path))
  assert.deepEqual(committed.sort(), [...expected.keys()].sort())
})

test('ARCHITECTURE.md shows every drawing', () => {
  const map = tree.get('ARCHITECTURE.md')?.text ?? ''
  for (const path of drawings(tree).keys()) assert.ok(map.includes(`](${path})`), path)
})

test('a drawing has a title, colours for light and dark, and its texts escaped', () => {
  const svg = drawn('sequence: Reads & writes\nlane a: <A>\nlane b: B\na -> b: asks\nb --> a: answers\n')
  assert.match(svg, /<title>Reads &amp; writes<\/title>/)
  assert.match(svg, /prefers-color-scheme: dark/)
  assert.match(svg, />&lt;A&gt;</)
})

test('every shape of a sequence stays within the page', () => {
  const long = 'a text that needs several lines because it has many more words than fit beside each other'
  const svg = drawn(
    `sequence: Long\nlane a: A\nlane b: B\nlane c: C\nbegin ${long}\na -> c: ${long}\nend\nb: ${long}\n`,
  )
  const height = Number(/height="(\d+)"/.exec(svg)?.[1])
  const bottoms = [...svg.matchAll(/<(?:rect|text)[^>]* y="([\d.]+)"(?:[^>]* height="([\d.]+)")?/g)]
  assert.ok(bottoms.length > 10)
  for (const [shape, y, own = '0'] of bottoms) assert.ok(Number(y) + Number(own) <= height, shape)
})

for (const [what, source] of [
  ['an unknown kind', 'circle: A'],
  ['an unknown lane', 'sequence: A\nlane a: A\na -> b: asks'],
  ['a line that is not a step', 'sequence: A\nlane a: A\nsomething else'],
  ['a frame without its end', 'sequence: A\nlane a: A\nlane b: B\nbegin frame\na -> b: asks'],
  ['an end without its frame', 'layers: A\nend'],
  ['a box without its row', 'layers: A\nbox A | alone'],
] as const) {
  test(`a text with ${what} is refused`, () => {
    assert.throws(() => drawn(source), Error)
  })
}
