/**
 * Documents must be true: the map equals the folders, generated parts equal the code, and links lead to existing files.
 */
import { posix } from 'node:path'
import { contractPages } from '../contract-pages.ts'
import { drawings } from '../drawings/pages.ts'
import { packagesOf } from '../packages.ts'
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type SourceFile, type Tree } from '../tree.ts'

const decisionHeadings = ['Context', 'Options', 'Choice', 'Price']

function documents(tree: Tree, where: RegExp = /\.md$/): SourceFile[] {
  return [...tree.values()].filter(({ path }) => path.endsWith('.md') && where.test(path))
}

/** Folders that the map must name: those of the root, and each package below them, as `platform/http/`. */
function foldersToMap(tree: Tree): string[] {
  const tops = [...tree.keys()].filter(path => /^[^./][^/]*\//.test(path)).map(path => path.replace(/\/.*/, ''))
  const packages = packagesOf(tree).map(({ folder }) => folder)
  return [...new Set([...tops, ...packages])].filter(folder => folder !== '').map(folder => `${folder}/`)
}

/** The lines of the map: `platform/  …` at the start of a line, `  http/  …` indented below it. */
export function mapLines(text: string): { readonly folder: string; readonly says: string }[] {
  const block = /```\w*\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  let top = ''
  return [...block.matchAll(/^( *)([a-z][\w-]*\/) *(.*)$/gm)].map(({ 1: indent = '', 2: name = '', 3: says = '' }) => {
    if (indent === '') top = name
    return { folder: indent === '' ? name : `${top}${name}`, says }
  })
}

function matches(file: SourceFile, pattern: RegExp, judge: (found: string) => string | undefined): Finding[] {
  return [...file.text.matchAll(pattern)].flatMap(match => {
    const message = judge(match[1] as string)
    return message === undefined ? [] : [{ path: file.path, line: lineAt(file.text, match.index), message }]
  })
}

export const documentRules: readonly Rule[] = [
  {
    name: 'map-is-true',
    why: 'A map that misses a folder is worse than none.',
    check: tree => {
      const path = 'ARCHITECTURE.md'
      const map = tree.get(path)
      if (map === undefined) return [{ path, line: 1, message: 'is missing; begin it with the tree of folders' }]
      const [actual, mapped] = [foldersToMap(tree), mapLines(map.text)]
      // A new system edits three lines outside its folders; a test requires its line in the map.
      const needed = actual.filter(folder => !/^modules\/./.test(folder))
      const missing = needed.filter(folder => !mapped.some(line => line.folder === folder))
      const gone = mapped.filter(({ folder }) => !actual.includes(folder))
      const silent = mapped.filter(({ says }) => says === '')
      return [
        ...missing.map(folder => `the map does not name ${folder}; add a line for it`),
        ...gone.map(({ folder }) => `the map names ${folder}, which does not exist`),
        ...silent.map(({ folder }) => `the map does not describe ${folder}`),
      ].map(message => ({ path, line: 1, message }))
    },
  },
  {
    name: 'tables-exist',
    why: 'Tables are what a newcomer reads first, and looks for next.',
    check: tree => {
      const path = 'ARCHITECTURE.md'
      const migrations = [...tree.values()].filter(file => /\/migrations\/.*\.sql$/.test(file.path))
      const created = migrations.flatMap(({ text }) => [...text.matchAll(/create table (?:if not exists )?([\w.]+)/g)])
      const known = new Set(created.map(match => match[1]))
      const text = tree.get(path)?.text ?? ''
      const section = /^## Tables first\n[\s\S]*?(?=^## )/m.exec(text)
      if (section === null) return [{ path, line: 1, message: 'has no section "Tables first"' }]
      // The last cell is a remark.
      return [...section[0].matchAll(/^\|(.*)\|[^|\n]*\|$/gm)].flatMap(({ 1: cells = '', index }) => {
        const line = lineAt(text, section.index + index)
        return [...cells.matchAll(/`([a-z_]+)`/g)]
          .filter(([, name]) => !known.has(name))
          .map(([, name]) => ({ path, line, message: `names the table ${name}, which no migration creates` }))
      })
    },
  },
  {
    name: 'decision-shape',
    why: 'A decision that does not record its price and alternatives will be discussed again.',
    check: tree => {
      const decisions = documents(tree, /^docs\/decisions\//)
      const shapes = decisions.flatMap(({ path, text }) => {
        const headings = [...text.matchAll(/^## (.+)$/gm)].map(match => match[1] as string)
        const known = headings.filter(heading => decisionHeadings.includes(heading))
        if (known.join() === decisionHeadings.join()) return []
        const message = `has the headings ${headings.join(', ') || 'none'}; it needs ${decisionHeadings.join(', ')}`
        return [{ path, line: 1, message }]
      })
      return [...shapes, ...misnumbered(decisions)]
    },
  },
  {
    name: 'change-notes',
    why: 'A change that users notice needs its note on the same day.',
    check: tree => {
      const notes = documents(tree, /^changes\//)
      if (notes.length === 0)
        return [{ path: 'changes/', line: 1, message: 'the note is missing; add changes/NNNN-<what>.md' }]
      const empty = notes
        .filter(({ text }) => text.trim() === '')
        .map(({ path }) => ({ path, line: 1, message: 'is empty; describe in a line what users notice' }))
      return [...empty, ...misnumbered(notes)]
    },
  },
  {
    name: 'generated-is-fresh',
    why: 'A list that is maintained by hand is wrong within a week.',
    check: tree =>
      [...contractPages(tree), ...drawings(tree)]
        .filter(([path, text]) => tree.get(path)?.text !== text)
        .map(([path]) => ({
          path,
          line: 1,
          message: 'differs from its source; run npm run docs:generate',
        })),
  },
  {
    name: 'links-lead-somewhere',
    why: 'A reader who follows two dead links stops following.',
    check: tree =>
      documents(tree).flatMap(file =>
        matches(file, /\]\((?!https?:|mailto:|#|<)([^)#\s]+)[^)]*\)/g, found => {
          const target = posix.join(posix.dirname(file.path), found).replace(/\/$/, '')
          if (tree.has(target) || [...tree.keys()].some(path => path.startsWith(`${target}/`))) return undefined
          return `links to ${found}, which does not exist`
        }),
      ),
  },
  {
    name: 'commands-exist',
    why: 'A missing command costs a newcomer the first hour.',
    check: tree => {
      const manifest = JSON.parse(tree.get('package.json')?.text ?? '{}') as { scripts?: Record<string, string> }
      return documents(tree).flatMap(file =>
        matches(file, /\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g, found => {
          return manifest.scripts?.[found] === undefined ? `names "npm run ${found}", which is not a script` : undefined
        }),
      )
    },
  },
]

/** Documents that are not named `NNNN-what.md`, or that share their number with another. */
function misnumbered(documents: readonly { readonly path: string }[]) {
  const numbers = new Map<string, string>()
  return documents.flatMap(({ path }) => {
    const number = /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]
    if (number === undefined) return [{ path, line: 1, message: 'is not named NNNN-what-it-is-about.md' }]
    const twin = numbers.get(number)
    numbers.set(number, path)
    return twin === undefined ? [] : [{ path, line: 1, message: `has the number of ${twin}; take the next free one` }]
  })
}
