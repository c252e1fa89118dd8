/** The test files that a change can break: those that import a changed file, directly or through other files. */
import { execFileSync } from 'node:child_process'
import { importsOf } from '../boundaries/imports.ts'
import { ownerOf, packagesOf } from '../packages.ts'
import type { Tree } from '../tree.ts'

const gitTimeoutMs = 20_000

/**
 * Files that differ from the merge base with `base`: committed, staged, changed or new. Throws when git does not know
 * `base`.
 */
export function changedFiles(folder: string, base: string): string[] {
  const git = (...words: readonly string[]) =>
    execFileSync('git', words, {
      cwd: folder,
      encoding: 'utf8',
      timeout: gitTimeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const from = git('merge-base', base, 'HEAD').trim()
  const listed = [
    git('diff', '--name-only', '-z', from),
    git('ls-files', '--others', '--exclude-standard', '-z'),
  ].flatMap(text => text.split('\0'))
  return [...new Set(listed.filter(path => path !== ''))].sort()
}

export interface Affected {
  /** Test files to run. */
  readonly chosen: readonly string[]
  /** Test files that reach the change only through a whole server. */
  readonly left: readonly string[]
}

/** These tests start whole servers, so a change of any module can reach them. */
const wholeServers = /^(?:apps\/server|bench|chaos|e2e|labs)\//

/** Dependencies and compiler options: any code may behave differently. */
const concernsAll = /^(?:package(?:-lock)?|tsconfig[\w.-]*)\.json$/

/**
 * A changed code file selects the tests that import it. Any other file selects the tests of its package, and one
 * that concerns all code selects all. Tests of whole
 * servers are left to a full run, unless the change is in their own package.
 */
export function affectedTests(tree: Tree, tests: readonly string[], changed: readonly string[]): Affected {
  const packages = packagesOf(tree)
  const importers = importersOf(tree)
  const chosen = new Set<string>()
  const left = new Set<string>()
  for (const path of changed) {
    const { folder } = ownerOf(packages, path)
    const isOwn = (test: string) => folder !== '' && test.startsWith(`${folder}/`)
    const isCode = importers.has(path) || tests.includes(path)
    const reached = isCode
      ? reachedFrom(path, importers)
      : new Set(tests.filter(concernsAll.test(path) ? () => true : isOwn))
    for (const test of tests.filter(test => reached.has(test))) {
      const into = !wholeServers.test(test) || isOwn(test) || test === path ? chosen : left
      into.add(test)
    }
  }
  return {
    chosen: tests.filter(test => chosen.has(test)),
    left: tests.filter(test => left.has(test) && !chosen.has(test)),
  }
}

function importersOf(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const { path, targetPath } of importsOf(tree)) {
    if (targetPath === undefined) continue
    const known = importers.get(targetPath)
    if (known === undefined) importers.set(targetPath, [path])
    else known.push(path)
  }
  return importers
}

/** The file and all direct and indirect importers. */
function reachedFrom(path: string, importers: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([path])
  for (const one of reached) for (const importer of importers.get(one) ?? []) reached.add(importer)
  return reached
}
