import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contractPages } from '../contract-pages.ts'
import { packagesOf } from '../packages.ts'
import { findingsOf, type NamedFinding, type Rule } from '../rule.ts'
import { isProgram } from '../tidy/comments.ts'
import { mapLines } from '../tidy/documents.ts'
import { isCompatible } from '../tidy/manifests.ts'
import { tidyRules } from '../tidy/rules.ts'
import { plant, readTree, type Tree } from '../tree.ts'

interface Violation {
  readonly what: string
  readonly path: string
  readonly text: string
}

const linksFile = 'modules/links/src/planted.ts'
const testFile = 'modules/links/test/planted.test.ts'
const plainFile = 'platform/planted/src/planted.ts'
const plainTest = 'platform/planted/test/planted.test.ts'
const lines = (count: number) => Array.from({ length: count }, (_, index) => `const line${index} = 1`).join('\n')
/** The text that a rule looks for, assembled here so that this file does not contain it. */
const joined = (...parts: readonly string[]) => parts.join('')
const jwtPart = joined('ey', 'JhbGciOiJIUzI1NiIsInR5cCI6')

const planted: Readonly<Record<string, readonly Violation[]>> = {
  'file-length': [violation('401 lines', linksFile, lines(401))],
  'function-length': [
    violation('a function', linksFile, `function long() {\n${lines(70)}\n}`),
    violation('an arrow', linksFile, `const long = () => {\n${lines(70)}\n}`),
    violation('a test', testFile, `test('long', () => {\n${lines(70)}\n})`),
  ],
  'line-length': [violation('a comment', linksFile, `// ${'long '.repeat(30)}`)],
  'kebab-case': [
    violation('a file', 'modules/links/src/createLink.ts', ''),
    violation('a folder', 'modules/links/Planted/file.ts', ''),
    violation('a migration', 'modules/links/migrations/0001-with-dashes.sql', ''),
  ],
  'telling-names': [
    violation('a file', 'modules/links/src/utils.ts', ''),
    violation('a part', 'platform/http/src/link-helpers.ts', ''),
    violation('a folder', 'platform/common/src/index.ts', ''),
  ],
  'use-case-file': [
    violation('another name', 'modules/links/src/create-planted.ts', 'export async function makeIt(ctx: C) {}'),
  ],
  'reminders-have-an-issue': [
    violation('a line', linksFile, joined('// TO', 'DO make this faster')),
    violation('in a docstring', linksFile, joined('/** FIX', 'ME: wrong for leap years. */')),
  ],
  'no-dead-code': [
    violation('one line', linksFile, '// const old = compute(link)'),
    violation('several', linksFile, '// if (link.isOld) {\n//   remove(link)\n// }'),
    violation('a block', linksFile, '/*\nawait remove(link)\n*/'),
  ],
  'no-type-check-off': [
    violation('a line', linksFile, joined('// @ts-', 'ignore')),
    violation('without a reason', linksFile, joined('// @ts-', 'expect-error')),
  ],
  docstrings: [
    violation('a function', linksFile, 'export function f() {\n  one()\n  two()\n}'),
    violation('an arrow', linksFile, '// not a docstring\nexport const f = () => {\n  one()\n  two()\n}'),
  ],
  'one-clock': [
    violation('Date.now', linksFile, 'const at = Date.now()'),
    violation('new Date', linksFile, 'const at = new Date()'),
    violation('performance.now', linksFile, 'const at = performance.now()'),
  ],
  'required-transaction': [
    violation('a question mark', linksFile, 'function f(id: string, tx?: Tx) {}'),
    violation('a default', linksFile, 'const f = (db = pool) => db'),
    violation('a union', linksFile, 'function f(tx: Tx | undefined) {}'),
    violation('in a type', linksFile, 'type F = (tx?: Tx) => void'),
    violation('a fallback', linksFile, 'const handle = tx ?? db'),
  ],
  'whole-suite': [
    violation('only', testFile, "test.only('this', () => {})"),
    violation('only as an option', testFile, "test('this', { only: true }, () => {})"),
    violation('skip', testFile, "describe.skip('this', () => {})"),
    violation('skip as an option', testFile, "test('this', { skip: true }, () => {})"),
    violation('skip from within', testFile, "test('this', t => t.skip())"),
    violation('todo', testFile, "test.todo('this')"),
  ],
  'titles-differ': [violation('twice', testFile, "test('this', () => {})\ntest('this', () => {})")],
  'way-down': [
    violation('none', 'modules/links/migrations/9999_planted.sql', 'create table planted (id uuid);'),
    violation('empty', 'modules/links/migrations/9999_planted.sql', 'create table planted (id uuid);\n-- down'),
    violation('no number', 'modules/links/migrations/planted.sql', 'select 1;\n-- down\nselect 1;'),
  ],
  'package-readme': [
    violation('missing', 'platform/planted/package.json', '{}'),
    violation('too long', 'contracts/README.md', 'line\n'.repeat(81)),
  ],
  'exact-versions': [
    violation('a range', 'platform/planted/package.json', '{ "dependencies": { "postgres": "^3.4.9" } }'),
    violation('a tag', 'platform/planted/package.json', '{ "devDependencies": { "postgres": "latest" } }'),
  ],
  licences: [
    violation('copyleft', 'package-lock.json', locked({ license: 'AGPL-3.0-only' })),
    violation('none', 'package-lock.json', locked({})),
  ],
  'lock-is-whole': [
    violation(
      'another machine',
      'package-lock.json',
      locked({ optionalDependencies: { '@planted/darwin-x64': '1.0.0' } }),
    ),
  ],
  'no-machine-paths': [
    violation('in code', linksFile, `const dir = '${joined('/ro', 'ot/octet')}'`),
    violation('in a document', 'docs/planted.md', `Open ${joined('/ho', 'me/ada')} first.`),
    violation('of a temporary file', linksFile, `const dir = '${joined('/t', 'mp/octet')}'`),
  ],
  'no-registry-hosts': [
    violation('in the lock file', 'package-lock.json', joined('"https://registry', '.npmjs.org/postgres"')),
    violation('of a company', 'docs/planted.md', joined('npm.', 'acme.internal')),
  ],
  'no-secrets': [
    violation('a private key', linksFile, joined('-----BEGIN ', 'PRIVATE KEY-----')),
    violation('a cloud key', linksFile, joined('AK', 'IAIOSFODNN7EXAMPLE')),
    violation('a token', linksFile, `${jwtPart}.${jwtPart}.${jwtPart}`),
    violation(
      'in an address',
      'docs/planted.md',
      joined('postgres://octet:', 'correct-horse-battery@db.example.org/octet'),
    ),
  ],
  'map-is-true': [
    violation('a missing street', 'planted/file.ts', ''),
    violation('a street that is gone', 'ARCHITECTURE.md', '```\nplanted/   nothing\n```'),
    violation('a missing package', 'platform/planted/package.json', '{}'),
    violation('a package without a word', 'ARCHITECTURE.md', '```\nplatform/   the floor\n  http/\n```'),
  ],
  'decision-shape': [
    violation('no price', 'docs/decisions/9998-planted.md', '## Context\n## Options\n## Choice'),
    violation('no number', 'docs/decisions/planted.md', '## Context\n## Options\n## Choice\n## Price'),
    violation('a number twice', 'docs/decisions/0004-planted.md', '## Context\n## Options\n## Choice\n## Price'),
  ],
  'change-notes': [
    violation('empty', 'changes/9998-planted.md', ' '),
    violation('no number', 'changes/planted.md', 'More.'),
    violation('a number twice', 'changes/0004-planted.md', 'More.'),
  ],
  'generated-is-fresh': [
    violation('the catalogue', 'docs/problems.md', '# Problems'),
    violation('a README', 'modules/links/README.md', '# links'),
    violation('a drawing', 'docs/drawings/read.svg', '<svg></svg>'),
    violation('the text of a drawing', 'docs/drawings/planted.txt', 'sequence: A read\nlane a: A\na: thinks'),
  ],
  'links-lead-somewhere': [violation('a dead link', 'docs/planted.md', '[here](./nowhere.md)')],
  'plain-english': [
    violation('in a comment', plainFile, joined('// A request that some', 'body sent twice.')),
    violation('in a docstring over two lines', plainFile, joined('/**\n * Removed for\n * go', 'od.\n */')),
    violation('in a title', plainTest, "test('what cannot be parsed is refused', () => {})"),
    violation(
      'in a title with requirement numbers',
      plainTest,
      "test('A6, A7: of twenty uses one succeeds', () => {})",
    ),
    violation('in a public text', plainFile, joined("const problem = { title: 'That is n", "o link.' }")),
    violation('in a page', 'apps/planted/src/page.tsx', joined('const page = <p>For every', 'body to see</p>')),
    violation('in a document', 'planted/README.md', joined('Who', 'ever reads this.')),
    violation('in a style sheet', 'apps/planted/src/a.css', joined('/* For every', 'body. */')),
  ],
  'terms-of-the-field': [
    violation('a variable', plainFile, joined('const hashingDo', 'or = 1')),
    violation('a function', plainFile, joined('function te', 'llOwner() {}')),
    violation('a type', plainFile, joined('interface Ver', 'dict {}')),
    violation('a file', joined('platform/planted/src/express-la', 'ne.ts'), ''),
  ],
  'short-sentences': [
    violation('a long line', 'planted/README.md', 'long '.repeat(30)),
    violation('a long sentence', 'planted/README.md', `${'long '.repeat(18)}\n${'long '.repeat(18)}end.`),
  ],
  'mutants-apply': [
    violation('a text that is gone', 'platform/db/src/once.ts', 'export const once = 1'),
    violation(
      'a text that occurs twice',
      'modules/links/src/manage/access.ts',
      'if (row.owner_id !== actor.userId\n'.repeat(2),
    ),
  ],
  'paths-exist': [
    violation('a file', 'docs/planted.md', 'See `platform/http/src/planted.ts`.'),
    violation('a folder', 'docs/planted.md', 'See `modules/planted/`.'),
    violation('a bare name', 'docs/planted.md', 'See `planted.ts`.'),
    violation('a part of a path', 'docs/planted.md', 'See `planted/src/rules.ts`.'),
    violation('in a drawing', 'docs/drawings/planted.txt', 'layers: All\nrow Modules\nbox modules/planted'),
  ],
  'packages-exist': [
    violation('a package', 'docs/planted.md', 'Import `@octet/planted`.'),
    violation('an entry', 'docs/planted.md', 'Import `@octet/contracts/planted`.'),
  ],
  'settings-exist': [violation('a setting', 'docs/planted.md', joined('Set `OCTET_NO', 'WHERE=1`.'))],
  'tables-exist': [
    violation('a table', 'ARCHITECTURE.md', '## Tables first\n\n| links | `planted` | a remark |\n\n## Rules\n'),
    violation('no section', 'ARCHITECTURE.md', '## Rules\n'),
  ],
  'experiments-exist': [
    violation('a lab', 'docs/planted.md', joined('npm run la', 'b -- planted')),
    violation('a bench', 'docs/planted.md', joined('npm run ben', 'ch -- planted')),
    violation('one that no README lists', 'labs/planted/planted.lab.ts', "export const lab = {\n  name: 'planted',\n}"),
    violation('one that a README lists', 'labs/README.md', '## planted'),
  ],
  'named-tests-exist': [violation('no such test', 'docs/planted.md', joined('npm te', 'st -- planted/nowhere'))],
  'walks-are-true': [
    violation('a wrong count', 'planted.md', walkOf('three', 'get-link.ts', 'access.ts')),
    violation('a file that is gone', 'planted.md', walkOf('two', 'get-link.ts', 'planted.ts')),
    violation('a file that nothing imports', 'planted.md', walkOf('two', 'get-link.ts', 'create-link.ts')),
    violation('a file twice', 'planted.md', walkOf('two', 'get-link.ts', 'get-link.ts')),
  ],
  'requests-are-walked': [violation('no walk', 'ARCHITECTURE.md', '## A read: `GET /planted`\n\nIt reads.')],
  'commands-exist': [violation('no such script', 'docs/planted.md', joined('Then npm ', 'run plant.'))],
}

function violation(what: string, path: string, text: string): Violation {
  return { what, path, text }
}

/** The files in links' folder `manage`, in order. */
function walkOf(count: string, ...files: readonly string[]): string {
  const steps = files.map((file, index) => `${index + 1}. [${file}](modules/links/src/manage/${file}) does it.`)
  return `Follow it in ${count} files:\n\n${steps.join('\n')}`
}

function locked(fields: object): string {
  return JSON.stringify({ packages: { 'node_modules/planted': { version: '1.0.0', ...fields } } })
}

const tree = readTree()
const before = new Set(findingsOf(tidyRules, tree).map(textOf))

function textOf(finding: object): string {
  return JSON.stringify(finding)
}

/** The findings in a changed tree that the original tree does not have. */
function newFindings(changed: Tree, rules: readonly Rule[] = tidyRules): NamedFinding[] {
  return findingsOf(rules, changed).filter(finding => !before.has(textOf(finding)))
}

function ruleNamed(name: string): Rule[] {
  return tidyRules.filter(rule => rule.name === name)
}

test('every rule of tidy has a planted violation', () => {
  assert.deepEqual(Object.keys(planted).sort(), tidyRules.map(({ name }) => name).sort())
})

for (const [rule, violations] of Object.entries(planted)) {
  for (const { what, path, text } of violations) {
    test(`${rule} detects its planted violation: ${what}`, () => {
      const needed = plant(tree, 'platform/planted/src/index.ts', '')
      const changed = plant(rule === 'package-readme' ? needed : tree, path, `${text}\n`)
      assert.notDeepEqual(newFindings(changed, ruleNamed(rule)), [])
    })
  }
}

test('a walk along imports with the right count is not reported', () => {
  const walk = `${walkOf('three', 'get-link.ts', 'access.ts', 'store.ts')}\n`
  assert.deepEqual(newFindings(plant(tree, 'planted.md', walk), ruleNamed('walks-are-true')), [])
})

test('the map of ARCHITECTURE.md has a line for each module', () => {
  const mapped = mapLines(tree.get('ARCHITECTURE.md')?.text ?? '').map(({ folder }) => folder)
  const modules = packagesOf(tree).filter(({ layer }) => layer === 'modules')
  assert.ok(modules.length > 0)
  assert.deepEqual(
    modules.map(({ folder }) => `${folder}/`).filter(folder => !mapped.includes(folder)),
    [],
  )
})

test('allowed code and text is not reported', () => {
  const allowed = `/** Says hello; throws when no listener is registered. */
export function planted(createdMs: number): string {
  // Seconds (not milliseconds), because the column is an integer.
  const at = new Date(createdMs)
  return at.toISOString()
}

/** What a use case needs. Not dead code: \`const x = 1\`. */
export const short = (a: number) => a
`
  const tests = `test('a', t => { if (!there) t.skip('no browser here') })
describe('one', () => { test('same title', () => {}) })
describe('two', () => { test('same title', { skip: 'until the broker is here' }, () => {}) })
`
  assert.deepEqual(newFindings(plant(plant(tree, linksFile, allowed), testFile, tests)), [])
})

test('plain English that looks like an idiom is not reported', () => {
  const comments = [
    'There is no link. Of course the caller may retry.',
    'The old session stays valid; this one has expired and is no longer used.',
    'Which one may read it? A member who joined.',
  ]
  const text = comments.map(comment => `// ${comment}\n\n`).join('')
  assert.deepEqual(newFindings(plant(tree, plainFile, text)), [])
})

test('prose is not taken for code, and code is not taken for prose', () => {
  const prose = [
    'Insert first, ask never.',
    'note: see below',
    'rows (at most 100)',
    'a = b in the paper',
    'return early',
  ]
  const code = ['const a = 1', 'return f(a)', 'store.insert(tx, link)', 'a = b', "import { a } from './a.ts'"]
  assert.deepEqual(prose.filter(isProgram), [])
  assert.deepEqual(
    code.filter(text => !isProgram(text)),
    [],
  )
})

test('one compatible licence is enough in a choice; a union needs all to be compatible', () => {
  assert.ok(isCompatible('(MIT OR GPL-3.0-only)'))
  assert.ok(isCompatible('MIT AND ISC'))
  assert.ok(!isCompatible('MIT AND GPL-3.0-only'))
})

test('the generated part of a README is replaced, and the rest stays', () => {
  const path = 'modules/links/README.md'
  const once = contractPages(plant(tree, path, '# links\n\nShort links.\n')).get(path) ?? ''
  assert.match(once, /^# links\n\nShort links\.\n\n<!--/)
  assert.match(once, /\| `createLink` +\| `POST \/links` +\| anyone +\| keyed/)
  assert.equal(contractPages(plant(tree, path, once)).get(path), once)
  assert.equal(contractPages(plant(tree, path, once.replace('createLink', 'gone'))).get(path), once)
})
