import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { lists, namesOf, ownPlaces } from '../new-module/module-files.ts'
import { packagesOf } from '../packages.ts'
import { findChromium } from '../runner/needs.ts'
import { readTree, root, type Tree } from '../tree.ts'

const execute = promisify(execFile)
/** Sufficient for a busy machine; an idle one needs a fraction of it. */
const stepTimeoutMs = 170_000
const outputBytesMax = 16 * 1024 * 1024
/** Files that programs write: `npm run docs:generate` and npm. */
const generated: ReadonlySet<string> = new Set(['docs/problems.md', 'README.md', 'package-lock.json'])

let folder = ''
let original: Tree

before(async () => {
  folder = await scratchCopy()
  original = readTree(folder)
  // The link that npm would make; the generator's last step loads the new module.
  await linkPackage('@octet/badges', 'modules/badges')
  await node('tools/new-module.ts', 'badges', '--no-install')
})
after(() => rm(folder, { recursive: true, force: true }))

/** Runs a program in the copy as if no test were running. Returns its exit code and all its output. */
async function run(program: string, args: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const options = { cwd: folder, env, timeout: stepTimeoutMs, maxBuffer: outputBytesMax }
  return execute(program, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => {
      return { code: error.code, output: error.stdout + error.stderr }
    },
  )
}

async function node(...args: readonly string[]): Promise<string> {
  const { code, output } = await run(process.execPath, args)
  assert.equal(code, 0, `node ${args.join(' ')}\n${output}`)
  return output
}

/** A copy of the tracked files, with links to the installed packages and to the copy's own workspaces. */
async function scratchCopy(): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'octet-new-module-'))
  for (const path of await trackedFiles()) await cp(join(root, path), join(folder, path))
  await execute('git', ['init', '--quiet'], { cwd: folder })
  await mkdir(join(folder, 'node_modules', '@octet'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    // Vite runs its configuration from `.vite-temp`: it would load the contracts of the original.
    if (name !== '@octet' && (name === '.bin' || !name.startsWith('.')))
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  for (const { name, folder: place } of packagesOf(readTree(folder))) {
    if (place === '') continue
    await linkPackage(name, place)
    const nested = join(root, place, 'node_modules')
    if ((await readdir(nested).catch(() => [])).length > 0) await symlink(nested, join(folder, place, 'node_modules'))
  }
  return folder
}

/** Includes binary files, unlike {@link readTree}, and omits files that are deleted but not yet committed. */
async function trackedFiles(): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await execute('git', args, { cwd: root, maxBuffer: outputBytesMax })
  return stdout.split('\0').filter(path => path !== '' && existsSync(join(root, path)))
}

async function linkPackage(name: string, place: string): Promise<void> {
  const link = join(folder, 'node_modules', name)
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(folder, place), link)
}

/** Lines that were added to the old text, and lines that were removed from it. */
function changedLines(path: string): { added: string[]; removed: string[] } {
  const lines = (tree: Tree) => tree.get(path)?.text.split('\n') ?? []
  const [old, now] = [lines(original), lines(readTree(folder))]
  return { added: now.filter(line => !old.includes(line)), removed: old.filter(line => !now.includes(line)) }
}

function changedPaths(now: Tree): string[] {
  const paths = new Set([...original.keys(), ...now.keys()])
  return [...paths].filter(path => original.get(path)?.text !== now.get(path)?.text)
}

test('a new system edits three lines outside its own folders', () => {
  const own = ownPlaces('badges')
  const outside = changedPaths(readTree(folder)).filter(path => {
    return !generated.has(path) && !own.some(place => path.startsWith(place))
  })
  assert.deepEqual(outside.sort(), lists.map(({ path }) => path).sort())
  const changes = outside.map(changedLines)
  assert.deepEqual(changes.flatMap(({ added }) => added).sort(), lists.map(({ line }) => line('badges')).sort())
  assert.deepEqual(
    changes.flatMap(change => change.removed),
    [],
  )
})

test('a new system has contract, module, page, messages, chaos, bench, lab and browser test', () => {
  const paths = [...readTree(folder).keys()]
  for (const place of ownPlaces('badges').filter(each => !each.includes('canaries'))) {
    assert.ok(
      paths.some(path => path.startsWith(place)),
      place,
    )
  }
})

test('a new system passes the checks of format, types and boundaries', async () => {
  await node('tools/check.ts', 'format', 'types', 'types-web', 'boundaries')
})

test('a new system passes tidy and the search for dead code', async () => {
  await node('tools/check.ts', 'dead', 'tidy')
})

test('the tests of a new system and the tests over all systems pass', async () => {
  const files = ['modules/badges/test/badges.test.ts', 'modules/badges/test/privacy.test.ts']
  const common = ['apps/web/test/problem-words.test.ts', 'contracts/test/permissions.test.ts']
  const output = await node('--test', ...files, ...common)
  assert.match(output, /# pass [1-9]|ℹ pass [1-9]/)
})

test('the bench and the lab of a new system measure something', async () => {
  for (const [program, name] of [
    ['bench/main.ts', 'badges-list'],
    ['labs/main.ts', 'badges-name-race'],
  ] as const) {
    const output = await node(program, name, '--short', '--json')
    assert.match(output, /"ratios":\{"\w+":[\d.]+/)
  }
})

test('the chaos workload of a new system passes, and its mutant fails its oracle', async () => {
  const plan = join(folder, 'plan.json')
  const steps = [{ afterMs: 1_000, fault: { kind: 'cut-outbox', server: 0 }, forMs: 800 }]
  await writeFile(plan, JSON.stringify({ seed: 1, servers: 1, steps }))
  const args = ['chaos/main.ts', '--system', 'badges', '--plan', plan, '--servers', '1', '--json']
  const green = await run(process.execPath, args)
  const red = await run(process.execPath, [...args, '--mutant', 'badges-without-owner-check'])
  await rm(plan)
  assert.equal(green.code, 0, green.output)
  assert.equal(red.code, 1, red.output)
  assert.match(red.output, /of another account by badges/)
})

test('the page of a new system works in a browser without axe findings', async t => {
  if ((await findChromium()) === undefined) return t.skip('no browser is installed')
  const names = ['--test-name-pattern', 'badge']
  const output = await node('--test', '--test-concurrency=1', ...names, 'e2e/badges.test.ts', 'e2e/every-page.test.ts')
  assert.match(output, /axe finds nothing on any page of badges for users/)
  assert.match(output, /[#ℹ] pass 2/)
})

test('removing a system leaves no trace', async () => {
  await node('tools/new-module.ts', 'badges', '--remove', '--no-install')
  assert.deepEqual(changedPaths(readTree(folder)), [])
})

test('a name that is taken, reserved, not a word or not a plural is refused with the reason', () => {
  const tree = readTree()
  const ask = (name: string, noun?: string) => () => namesOf(tree, { name, noun, way: 'add' })
  assert.throws(ask('links'), /the module "links" already exists/)
  assert.throws(ask('Gift-Cards'), /not a name/)
  assert.throws(ask('../links'), /not a name/)
  assert.throws(ask('media'), /not a plural.*--noun/)
  assert.throws(ask('classes', 'class'), /reserved word/)
  assert.throws(ask('events'), /already exports "event"/)
  assert.throws(
    () => namesOf(tree, { name: 'nowhere', noun: undefined, way: 'remove' }),
    /the module "nowhere" does not exist/,
  )
  assert.deepEqual(ask('media', 'file')(), { module: 'media', noun: 'file' })
  assert.deepEqual(ask('stories')(), { module: 'stories', noun: 'story' })
})
