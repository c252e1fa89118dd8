/** The bundle that a start loads instead of two thousand files. That it starts Octet is shown by lifecycle.test.ts. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { defer, type Test } from '@octet/testkit'
import { inputLine, isBundleCurrent } from '../src/program.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const builder = join(root, 'apps/server/src/build-program.ts')
const buildTimeoutMs = 120_000

async function folder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-program-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  return dir
}

test('a bundle is current until a source changes, grows or goes', async t => {
  const dir = await folder(t)
  assert.equal(isBundleCurrent(dir), false, 'nothing was built')
  const source = join(dir, 'a source.ts')
  const remember = async () => {
    await writeFile(join(dir, 'inputs.txt'), inputLine(source) ?? '')
  }
  await writeFile(source, 'one')
  await remember()
  assert.equal(isBundleCurrent(dir), true)
  await utimes(source, new Date(), new Date(Date.now() + 5_000))
  assert.equal(isBundleCurrent(dir), false, 'changed, with the same size')
  await remember()
  assert.equal(isBundleCurrent(dir), true)
  await rm(source)
  assert.equal(isBundleCurrent(dir), false, 'gone')
})

test('a bundle knows its sources, finds what lies beside them, and names them in a stack', async t => {
  // In the tree, where a bundle finds the libraries that are not part of it.
  const dir = join(root, 'apps/server', `dist.${process.pid}.test`)
  defer(t, () => rm(dir, { recursive: true, force: true }))
  await run(process.execPath, [builder, dir], { timeout: buildTimeoutMs })
  const inputs = await readFile(join(dir, 'inputs.txt'), 'utf8')
  for (const source of ['apps/server/src/server.ts', 'modules/links/src/module.ts', 'platform/db/src/connect.ts'])
    assert.ok(inputs.includes(join(root, source)), source)
  assert.ok(isBundleCurrent(dir))
  const bundle = await readFile(join(dir, 'server.js'), 'utf8')
  assert.ok(bundle.includes(pathToFileURL(join(root, 'modules/links/src/module.ts')).href), 'where its migrations are')
  const script = `
    process.setSourceMapsEnabled(true)
    const { runCommandLine } = await import(${JSON.stringify(pathToFileURL(join(dir, 'server.js')).href)})
    await runCommandLine(['no-such-command'])`
  const failed = await run(process.execPath, ['--input-type=module', '-e', script], {
    timeout: buildTimeoutMs,
    env: { PATH: process.env.PATH, OCTET_LOG: 'debug' },
  }).catch((error: { stderr: string }) => error)
  assert.match(failed.stderr, /unknown command "no-such-command"/)
  assert.match(failed.stderr, /apps\/server\/src\/command-line\.ts:\d+/)
})
