/** The repository as the checks see it: every text file that git would keep, read once. */
import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Files by path, in order of path. Rules read nothing else, so a test can plant a file without touching the disk. */
export type Tree = ReadonlyMap<string, SourceFile>

const fileBytesMax = 2_000_000

/** The folder in the repository that this file belongs to. */
export const root = join(import.meta.dirname, '..')

/** Reads what git tracks or would track. Skips binary and very large files. Throws outside a git work tree. */
export function readTree(folder: string = root): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 20_000,
  })
  const texts: Record<string, string> = {}
  for (const path of listed.split('\0')) {
    // Deleted but not yet committed, or a link to elsewhere.
    if (path === '' || lstatSync(join(folder, path), { throwIfNoEntry: false })?.isFile() !== true) continue
    const bytes = readFileSync(join(folder, path))
    if (bytes.length <= fileBytesMax && !bytes.includes(0)) texts[path] = bytes.toString('utf8')
  }
  return treeOf(texts)
}

/** A tree from texts by path. */
function treeOf(texts: Readonly<Record<string, string>>): Tree {
  const paths = Object.keys(texts).sort()
  return new Map(paths.map(path => [path, { path, text: texts[path] ?? '' }]))
}

/** The same tree with one file added or replaced. */
export function plant(tree: Tree, path: string, text: string): Tree {
  const files = new Map(tree).set(path, { path, text })
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Caches a result per file object; planted trees share most of their files. */
export function oncePerFile<T>(make: (file: SourceFile) => T): (file: SourceFile) => T {
  const known = new WeakMap<SourceFile, { readonly value: T }>()
  return file => {
    const found = known.get(file) ?? { value: make(file) }
    known.set(file, found)
    return found.value
  }
}

/** The line number, from 1, of an offset into a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** `0001_links.sql` of `modules/links/migrations/0001_links.sql`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
