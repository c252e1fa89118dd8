/** Documents tell the truth: the map equals the folders, generated parts equal the code, links lead somewhere. */
import { posix } from 'node:path'
import { contractPages } from '../contract-pages.ts'
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type SourceFile, type Tree } from '../tree.ts'

const decisionHeadings = ['Context', 'Options', 'Choice', 'Price']

function documents(tree: Tree, where: RegExp = /\.md$/): SourceFile[] {
  return [...tree.values()].filter(({ path }) => path.endsWith('.md') && where.test(path))
}

function topFolders(tree: Tree): string[] {
  const folders = [...tree.keys()].filter(path => path.includes('/')).map(path => path.slice(0, path.indexOf('/')))
  return [...new Set(folders)].filter(folder => !folder.startsWith('.')).sort()
}

/** Top-level folders that the first code block of the map names at the start of a line. */
function mappedFolders(text: string): string[] {
  const block = /```\w*\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  return [...new Set([...block.matchAll(/^([a-z][\w-]*)\//gm)].map(match => match[1] as string))].sort()
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
    why: 'A map with a missing street is worse than none.',
    check: tree => {
      const path = 'ARCHITECTURE.md'
      const map = tree.get(path)
      if (map === undefined) return [{ path, line: 1, message: 'is missing; begin it with the tree of folders' }]
      const [actual, mapped] = [topFolders(tree), mappedFolders(map.text)]
      const missing = actual.filter(folder => !mapped.includes(folder))
      const gone = mapped.filter(folder => !actual.includes(folder))
      return [
        ...missing.map(folder => ({ path, line: 1, message: `the tree does not name ${folder}/; add a line for it` })),
        ...gone.map(folder => ({ path, line: 1, message: `the tree names ${folder}/, which does not exist` })),
      ]
    },
  },
  {
    name: 'decision-shape',
    why: 'A decision without its price and the options it refused will be made again.',
    check: tree => {
      const numbers = new Map<string, string>()
      return documents(tree, /^docs\/decisions\//).flatMap(({ path, text }) => {
        const number = /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]
        if (number === undefined) return [{ path, line: 1, message: 'is not named NNNN-what-was-decided.md' }]
        const twin = numbers.get(number)
        numbers.set(number, path)
        if (twin !== undefined) return [{ path, line: 1, message: `has the number of ${twin}; take the next free one` }]
        const headings = [...text.matchAll(/^## (.+)$/gm)].map(match => match[1] as string)
        const known = headings.filter(heading => decisionHeadings.includes(heading))
        if (known.join() === decisionHeadings.join()) return []
        const message = `has the headings ${headings.join(', ') || 'none'}; it needs ${decisionHeadings.join(', ')}`
        return [{ path, line: 1, message }]
      })
    },
  },
  {
    name: 'change-notes',
    why: 'What users notice is written down by whoever changed it, on the day.',
    check: tree => {
      const notes = documents(tree, /^changes\//)
      if (notes.length === 0) return [{ path: 'changes/', line: 1, message: 'there is no note; add changes/<what>.md' }]
      return notes
        .filter(({ text }) => text.trim() === '')
        .map(({ path }) => ({ path, line: 1, message: 'is empty; say in a line what users notice' }))
    },
  },
  {
    name: 'generated-is-fresh',
    why: 'A list kept by hand beside the code is wrong within a week.',
    check: tree =>
      [...contractPages(tree)]
        .filter(([path, text]) => tree.get(path)?.text !== text)
        .map(([path]) => ({
          path,
          line: 1,
          message: 'does not say what the contracts say; run npm run docs:generate',
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
    why: 'A command that is not there costs the newcomer the first hour.',
    check: tree => {
      const manifest = JSON.parse(tree.get('package.json')?.text ?? '{}') as { scripts?: Record<string, string> }
      return documents(tree).flatMap(file =>
        matches(file, /\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g, found => {
          return manifest.scripts?.[found] === undefined ? `says "npm run ${found}", which is not a script` : undefined
        }),
      )
    },
  },
]
