/** The release before this one as a runnable tree: its own files from git, the packages of this tree. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defer, type Test } from '@octet/testkit'

/** The commit that release was made from. A new release moves it here. */
const commit = '1012e6c'
const root = fileURLToPath(new URL('../../../', import.meta.url))
const shipped = ['package.json', 'contracts', 'platform', 'modules', 'clients', 'apps']
const execute = promisify(execFile)

export interface ReleaseBefore {
  readonly program: string
  /** `<module folder>/migrations/<file>` of everything it can apply. */
  readonly migrations: ReadonlySet<string>
}

/** Why there is no release before to be tested here; `undefined` when there is one. */
export async function missingHistory(): Promise<string | undefined> {
  try {
    await execute('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root })
    return undefined
  } catch {
    return `upgrade tests; they need git and the history of this repository (commit ${commit})`
  }
}

/** Unpacks the release into a folder of its own, which is gone when the test ends. */
export async function releaseBefore(t: Test): Promise<ReleaseBefore> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-before-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  await unpack(dir)
  await linkPackages(dir)
  return { program: join(dir, 'apps/server/src/main.ts'), migrations: new Set(await migrationFiles(dir)) }
}

async function unpack(dir: string): Promise<void> {
  const archive = spawn('git', ['archive', commit, ...shipped], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const tar = spawn('tar', ['-x', '-C', dir], { stdio: ['pipe', 'inherit', 'inherit'] })
  archive.stdout.pipe(tar.stdin)
  const codes = await Promise.all([archive, tar].map(async child => (await once(child, 'close'))[0]))
  if (codes.some(code => code !== 0)) throw new Error(`commit ${commit} was not unpacked: ${codes.join(', ')}`)
}

/** Octet's own packages lead into the release, all others to those installed here. */
async function linkPackages(dir: string): Promise<void> {
  const installed = join(root, 'node_modules')
  await mkdir(join(dir, 'node_modules/@octet'), { recursive: true })
  for (const name of await readdir(installed)) {
    if (name !== '@octet') await symlink(join(installed, name), join(dir, 'node_modules', name))
  }
  for (const folder of await packageFolders(dir)) {
    const { name } = JSON.parse(await readFile(join(dir, folder, 'package.json'), 'utf8')) as { name: string }
    await symlink(join(dir, folder), join(dir, 'node_modules', name))
    await symlink(join(root, folder, 'node_modules'), join(dir, folder, 'node_modules')) // may lead nowhere
  }
}

async function packageFolders(tree: string): Promise<string[]> {
  const folders = ['contracts']
  for (const parent of ['platform', 'modules', 'clients', 'apps']) {
    for (const name of await readdir(join(tree, parent))) folders.push(`${parent}/${name}`)
  }
  return folders
}

async function migrationFiles(tree: string): Promise<string[]> {
  const files: string[] = []
  for (const folder of await packageFolders(tree)) {
    const names = await readdir(join(tree, folder, 'migrations')).catch(() => [])
    files.push(...names.filter(name => name.endsWith('.sql')).map(name => `${folder}/migrations/${name}`))
  }
  return files
}

/** Migrations of this tree that the release before does not have, and what each says of it. */
export async function addedSince({ migrations }: ReleaseBefore): Promise<{ file: string; isContract: boolean }[]> {
  const added = (await migrationFiles(root)).filter(file => !migrations.has(file))
  return Promise.all(
    added.map(async file => {
      return { file, isContract: (await readFile(join(root, file), 'utf8')).startsWith('-- contract') }
    }),
  )
}
