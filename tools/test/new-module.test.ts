import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { namesOf } from '../new-module/module-files.ts'
import { packagesOf } from '../packages.ts'
import { readTree, root } from '../tree.ts'

const execute = promisify(execFile)
const stepTimeoutMs = 120_000

/** Runs a program in the copy, as if no test were running. Returns its exit code and all it printed. */
async function run(folder: string, program: string, args: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const options = { cwd: folder, env, timeout: stepTimeoutMs, maxBuffer: 16 * 1024 * 1024 }
  return execute(program, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => {
      return { code: error.code, output: error.stdout + error.stderr }
    },
  )
}

async function node(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(folder, process.execPath, args)
  assert.equal(code, 0, `node ${args.join(' ')}\n${output}`)
  return output
}

/** A copy of what git keeps, with the installed packages linked in and its own workspaces in place of ours. */
async function scratchCopy(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'octet-new-module-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const path of readTree().keys()) await cp(join(root, path), join(folder, path))
  await execute('git', ['init', '--quiet'], { cwd: folder })
  await mkdir(join(folder, 'node_modules', '@octet'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@octet') await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  for (const { name, folder: place } of packagesOf(readTree(folder))) {
    if (place === '') continue
    await linkPackage(folder, name, place)
    const nested = join(root, place, 'node_modules')
    if ((await readdir(nested).catch(() => [])).length > 0) await symlink(nested, join(folder, place, 'node_modules'))
  }
  return folder
}

async function linkPackage(folder: string, name: string, place: string): Promise<void> {
  const link = join(folder, 'node_modules', name)
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(folder, place), link)
}

test('a generated module passes its own tests and every check, and leaves no trace when it is removed', async t => {
  const folder = await scratchCopy(t)
  const before = readTree(folder)
  await node(folder, 'tools/new-module.ts', 'badges', '--no-install')
  await linkPackage(folder, '@octet/badges', 'modules/badges')
  const output = await node(folder, '--test', 'modules/badges/test/badges.test.ts')
  assert.match(output, /# pass [1-9]|ℹ pass [1-9]/)
  await node(folder, 'tools/check.ts', 'format', 'types', 'boundaries', 'dead', 'tidy')
  await node(folder, 'tools/new-module.ts', 'badges', '--remove', '--no-install')
  const after = readTree(folder)
  assert.deepEqual([...after.keys()], [...before.keys()])
  const changed = [...after.values()].filter(({ path, text }) => before.get(path)?.text !== text)
  assert.deepEqual(
    changed.map(({ path }) => path),
    [],
  )
})

test('a name that is taken, reserved, not a word or not a plural is refused with the reason', () => {
  const tree = readTree()
  const ask = (name: string, noun?: string) => () => namesOf(tree, { name, noun, way: 'add' })
  assert.throws(ask('links'), /there is a module "links" already/)
  assert.throws(ask('Gift-Cards'), /not a name/)
  assert.throws(ask('../links'), /not a name/)
  assert.throws(ask('media'), /not a plural.*--noun/)
  assert.throws(ask('classes', 'class'), /reserved word/)
  assert.throws(ask('events'), /exports "event" already/)
  assert.throws(() => namesOf(tree, { name: 'nowhere', noun: undefined, way: 'remove' }), /there is no module/)
  assert.deepEqual(ask('media', 'file')(), { module: 'media', noun: 'file' })
  assert.deepEqual(ask('stories')(), { module: 'stories', noun: 'story' })
})
