/** Tests which files `npm test -- --changed` selects, and what `--coverage` counts. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { affectedTests, changedFiles } from '../runner/changed.ts'
import { coverageText, linesOf, openCoverage } from '../runner/coverage.ts'
import { readTree } from '../tree.ts'

const tree = readTree()
const tests = [...tree.keys()].filter(path => path.endsWith('.test.ts'))
const affected = (...changed: readonly string[]) => affectedTests(tree, tests, changed)

test('a change selects the tests that import it, directly or through other files', () => {
  const { chosen } = affected('platform/db/src/migrate.ts')
  assert.ok(chosen.includes('platform/db/test/migrate.test.ts'))
  assert.ok(chosen.includes('modules/links/test/webhooks.test.ts'), 'through the test kit')
  assert.ok(!affected('platform/csv/src/index.ts').chosen.includes('platform/db/test/migrate.test.ts'))
})

test('a change of one module selects only its own tests, and no tests of whole servers', () => {
  const { chosen, left } = affected('modules/links/src/manage/create-link.ts')
  assert.ok(chosen.includes('modules/links/test/webhooks.test.ts'))
  assert.deepEqual(
    chosen.filter(path => !path.startsWith('modules/links/')),
    ['clients/api/test/examples.test.ts', 'tools/test/settings-page.test.ts'],
  )
  assert.ok(left.includes('apps/server/test/every-route.test.ts'))
  assert.deepEqual(
    left.filter(path => chosen.includes(path)),
    [],
  )
})

test('a changed test selects itself, and a changed migration selects the tests of its package', () => {
  assert.deepEqual(affected('platform/csv/test/csv.test.ts').chosen, ['platform/csv/test/csv.test.ts'])
  const { chosen } = affected('modules/chat/migrations/0001_chat.sql')
  assert.ok(chosen.length > 3)
  assert.deepEqual(
    chosen.filter(path => !path.startsWith('modules/chat/')),
    [],
  )
})

test('a changed dependency selects every test but those of whole servers', () => {
  const { chosen, left } = affected('package-lock.json')
  assert.equal(chosen.length + left.length, tests.length)
  assert.ok(chosen.includes('platform/csv/test/csv.test.ts'))
  assert.ok(left.includes('e2e/links.test.ts'))
})

test('changed files are those committed on the branch, changed, staged or new', t => {
  const folder = mkdtempSync(join(tmpdir(), 'octet-changed-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: folder, stdio: 'pipe' })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const commit = (name: string) => {
    write(name, 'first')
    git('add', '-A')
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', name)
  }
  git('init', '-q', '-b', 'main')
  commit('old')
  commit('kept')
  git('switch', '-qc', 'work')
  commit('committed')
  write('old', 'second')
  write('staged', 'x')
  git('add', 'staged')
  write('new file', 'x')
  assert.deepEqual(changedFiles(folder, 'main'), ['committed', 'new file', 'old', 'staged'])
  assert.throws(() => changedFiles(folder, 'nowhere'), /nowhere/)
})

const source = `/** Says yes. */
export interface Answer {
  readonly text: string
}

export function yes(): Answer {
  // This line always runs.
  return { text: 'yes' }
}

export function no(): Answer {
  if (Date.now() === 0) {
    console.log('never')
  }
  return { text: 'no' }
}

yes()
if (process.argv.length > 2) no()
`

test('lines without code of their own do not count', () => {
  const starts = linesOf(source).map(({ offset }) => source.slice(offset).split('\n')[0])
  assert.deepEqual(starts, [
    'export function yes(): Answer {',
    "return { text: 'yes' }",
    'export function no(): Answer {',
    'if (Date.now() === 0) {',
    "console.log('never')",
    "return { text: 'no' }",
    'yes()',
    'if (process.argv.length > 2) no()',
  ])
})

test('a line counts as covered when any process of the run executed it', t => {
  const root = mkdtempSync(join(tmpdir(), 'octet-coverage-'))
  t.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'platform/sample/src'), { recursive: true })
  const paths = ['platform/sample/src/answers.ts', 'platform/sample/src/unloaded.ts', 'platform/sample/test/x.test.ts']
  for (const path of paths.slice(0, 2)) writeFileSync(join(root, path), source)
  const coverage = openCoverage(root, paths)
  const run = (...words: readonly string[]) => {
    const folder = join(root, `coverage${words.length}`)
    const file = join(root, 'platform/sample/src/answers.ts')
    execFileSync(process.execPath, ['--import', pathToFileURL(file).href, '-e', '0', '--', ...words], {
      env: { ...process.env, NODE_V8_COVERAGE: folder },
      stdio: 'pipe',
    })
    coverage.add(folder)
    return coverage.report()
  }
  assert.deepEqual(run(), [{ folder: 'platform/sample', lines: 16, covered: 5 }])
  assert.deepEqual(run('no', 'no', 'no'), [{ folder: 'platform/sample', lines: 16, covered: 7 }])
  assert.match(coverageText(coverage.report()), /43\.8 % {2}all$/)
})
