/**
 * Walks: "follow one read through the code in N files:" and a numbered list of links. Their count must be right, their
 * files must exist, and an import must connect each file with an earlier one.
 */
import { posix } from 'node:path'
import { importsOf } from '../boundaries/imports.ts'
import { ownerOf, packagesOf } from '../packages.ts'
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type Tree } from '../tree.ts'

const numbers = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'.split(
  ' ',
)
const walkShape = /\b([a-z]+|\d+)\s+files?:\n\n((?:\d+\. .*\n(?: {3}.*\n)*)+)/g
const linkShape = /^\d+\. \[[^\]]*\]\(([^)]+)\)/gm
/** Sections of ARCHITECTURE.md that follow a request and must therefore contain a walk. */
const walkedHeading = /^## (An? [^\n]*: `[^\n]*)$/gm

interface Walk {
  /** Where its list begins in the document. */
  readonly line: number
  readonly stated: number
  readonly items: number
  readonly files: readonly string[]
}

/** The walks of a document, with paths from the root. */
function walksIn(path: string, text: string): Walk[] {
  return [...text.matchAll(walkShape)].map(({ 0: whole, 1: stated = '', 2: list = '', index }) => ({
    line: lineAt(text, index + whole.indexOf(list)),
    stated: /^\d/.test(stated) ? Number(stated) : numbers.indexOf(stated.toLowerCase()),
    items: [...list.matchAll(/^\d+\. /gm)].length,
    files: [...list.matchAll(linkShape)].map(match => posix.join(posix.dirname(path), match[1] as string)),
  }))
}

/** The imports between files, directly or through the index of a package, as "importer imported". */
function edgesOf(tree: Tree): ReadonlySet<string> {
  const edges = new Set<string>()
  const imports = importsOf(tree)
  const exportedBy = Map.groupBy(imports, ({ path }) => path)
  for (const { path, targetPath } of imports) {
    if (targetPath === undefined) continue
    edges.add(`${path} ${targetPath}`)
    if (!targetPath.endsWith('/index.ts')) continue
    for (const exported of exportedBy.get(targetPath) ?? []) edges.add(`${path} ${exported.targetPath}`)
  }
  return edges
}

function wrongSteps(tree: Tree, { files }: Walk): string[] {
  const packages = packagesOf(tree)
  const edges = edgesOf(tree)
  return files.flatMap((file, index) => {
    if (!tree.has(file)) return [`walks to ${file}, which does not exist`]
    const earlier = files.slice(0, index)
    // The kernel and the relay call modules through their definitions, so the first file of a package has no importer.
    const isEntry = !earlier.some(other => ownerOf(packages, other) === ownerOf(packages, file))
    const isConnected = earlier.some(other => edges.has(`${other} ${file}`) || edges.has(`${file} ${other}`))
    return isEntry || isConnected ? [] : [`walks to ${file}, which no import connects with an earlier file of the walk`]
  })
}

export const walkRules: readonly Rule[] = [
  {
    name: 'walks-are-true',
    why: 'A reader trusts a walk only if every step of the last one existed.',
    check: tree =>
      [...tree.values()]
        .filter(({ path }) => path.endsWith('.md'))
        .flatMap(({ path, text }): Finding[] => {
          return walksIn(path, text).flatMap(walk => {
            const messages = wrongSteps(tree, walk)
            if (new Set(walk.files).size !== walk.items)
              messages.push('a step of the walk does not begin with its own file')
            if (walk.stated !== walk.items) messages.push(`says ${walk.stated} files and lists ${walk.items}`)
            return messages.map(message => ({ path, line: walk.line, message }))
          })
        }),
  },
  {
    name: 'requests-are-walked',
    why: 'The map shows where things are; only a walk shows how they work together.',
    check: tree => {
      const path = 'ARCHITECTURE.md'
      const text = tree.get(path)?.text ?? ''
      const walked = walksIn(path, text).map(({ line }) => line)
      return [...text.matchAll(walkedHeading)].flatMap(match => {
        const from = lineAt(text, match.index)
        const next = text.indexOf('\n## ', match.index + 1)
        const to = next === -1 ? Number.POSITIVE_INFINITY : lineAt(text, next)
        if (walked.some(line => line > from && line <= to)) return []
        return [
          { path, line: from, message: `"${match[1]}" has no walk; end a sentence with "in N files:" and list them` },
        ]
      })
    },
  },
]
