import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

const checkFile = join(import.meta.dirname, '..', 'check.ts')
const passing = 'node -e "console.log(1 + 1)"'
const failing = 'node -e "console.log(40 + 2); process.exit(3)"'
const noisy = `node -e "for (let i = 1; i < 100; i++) console.log('line', i); process.exit(1)"`

function check(t: TestContext, scripts: Readonly<Record<string, string>>, ...wanted: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'octet-check-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
  const run = spawnSync(process.execPath, [checkFile, ...wanted], { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  return { code: run.status, output: run.stdout }
}

test('when all steps pass, the exit code is 0, and the last line of each step is shown', t => {
  const { code, output } = check(t, { 'check:a': passing, 'check:b': passing, test: failing })
  assert.equal(code, 0)
  assert.match(output, /✓ +a +\d+\.\d s +2\n/)
  assert.match(output, /check: 2 steps, all passed, /)
})

test('when one step fails, the exit code is 1, the others still run, and its output is shown at the end', t => {
  const { code, output } = check(t, { 'check:a': failing, 'check:b': passing, 'check:c': passing })
  assert.equal(code, 1)
  assert.match(output, /✓ +c /)
  assert.match(output, /── a: node[\s\S]*\n42\n[\s\S]*check: 3 steps, 1 failed: a, .*\n$/)
})

test('long output is cut, with a reference to the full output', t => {
  const { output } = check(t, { 'check:a': noisy })
  assert.match(output, /line 20\n… 79 lines more: npm run check:a\n/)
})

test('only the named steps run, and an unknown name is an error', t => {
  const scripts = { 'check:a': failing, 'check:b': passing }
  assert.match(check(t, scripts, 'b').output, /check: 1 steps, all passed/)
  assert.notEqual(check(t, scripts, 'z').code, 0)
})
