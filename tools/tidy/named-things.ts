/** Names in documents must exist: files and folders, packages, settings, experiments and the tests of a command. */
import { posix } from 'node:path'
import { exportedFile, packagesOf } from '../packages.ts'
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type SourceFile, type Tree } from '../tree.ts'
import { withoutCode } from './prose.ts'

/** `db.sql` is a call, `0001_floor.sql` a file. */
const sourceName = /\.(?:ts|tsx|md|json|css|html|svg|template)$|[\d*>/].*\.sql$/
/** A path in code: words, placeholders (`<system>`, `*`) and slashes. */
const pathShape = /^(?!\/)[\w.<>*+-]+(?:\/[\w.<>*+-]+)*\/?$/

function documentsOf(tree: Tree): SourceFile[] {
  return [...tree.values()].filter(({ path }) => path.endsWith('.md'))
}

function findingsIn(file: SourceFile, pattern: RegExp, judge: (found: string) => string | undefined): Finding[] {
  return [...file.text.matchAll(pattern)].flatMap(match => {
    const message = judge(match[1] as string)
    return message === undefined ? [] : [{ path: file.path, line: lineAt(file.text, match.index), message }]
  })
}

/** Every path of the tree and every folder above it, one per line. */
function placesOf(tree: Tree): string {
  const places = new Set<string>()
  for (const path of tree.keys()) {
    for (let at = path; at !== '.'; at = posix.dirname(at)) places.add(at)
  }
  return `\n${[...places].join('\n')}\n`
}

/** Matches the line of a path that is `path` or ends with it. A star or `<word>` stands for a part of a name. */
function placePattern(path: string): RegExp {
  const plain = path.replace(/\/$/, '').replace(/<[^>]*>/g, '*')
  const parts = plain.split(/\*+/).map(part => part.replace(/[.+]/g, '\\$&'))
  return new RegExp(`\\n(?:[^\\n]*/)?${parts.join('[^\\n]*')}\\n`)
}

/** A code span that can only mean a file or folder of the repository. */
function namesPlace(span: string, topFolders: ReadonlySet<string>): boolean {
  if (!pathShape.test(span) || span.startsWith('.')) return false
  const first = span.slice(0, Math.max(0, span.indexOf('/')))
  return topFolders.has(first) || sourceName.test(span) || /\/(?:src|test|migrations)(?:\/|$)/.test(span)
}

const experimentKinds = { bench: 'bench/README.md', lab: 'labs/README.md' } as const
type ExperimentKind = keyof typeof experimentKinds

function experimentNames(tree: Tree, kind: ExperimentKind): string[] {
  return [...tree.values()]
    .filter(({ path }) => path.endsWith(`.${kind}.ts`))
    .flatMap(({ text }) => /^ {2}name: '([\w-]+)',$/m.exec(text)?.[1] ?? [])
}

/** The names that a README lists: `| \`name\`` in its first table, or `## name`. */
function listedExperiments(text: string, kind: ExperimentKind): string[] {
  const pattern = kind === 'bench' ? /^\| `([\w-]+)`/gm : /^## ([a-z][\w-]*)$/gm
  return [...text.matchAll(pattern)].map(match => match[1] as string)
}

/** Each experiment is in the list or in the README of a module, where the generator puts it. */
function unlistedExperiments(tree: Tree, kind: ExperimentKind): Finding[] {
  const path = experimentKinds[kind]
  const [names, listed] = [experimentNames(tree, kind), listedExperiments(tree.get(path)?.text ?? '', kind)]
  const readmes = [...tree.values()].filter(file => /^modules\/[^/]+\/README\.md$/.test(file.path))
  const isListed = (name: string) => {
    return listed.includes(name) || readmes.some(({ text }) => text.includes(`\`npm run ${kind} -- ${name}\``))
  }
  return [
    ...names.filter(name => !isListed(name)).map(name => `does not list ${name}; describe what it shows`),
    ...listed.filter(name => !names.includes(name)).map(name => `lists ${name}, which does not exist`),
  ].map(message => ({ path, line: 1, message }))
}

export const namedThingRules: readonly Rule[] = [
  {
    name: 'paths-exist',
    why: 'A path that moved sends the reader searching.',
    check: tree => {
      const places = placesOf(tree)
      const topFolders = new Set(
        [...tree.keys()].filter(path => path.includes('/')).map(path => path.split('/')[0] ?? ''),
      )
      const missing = (span: string) =>
        placePattern(span).test(places) ? undefined : `names ${span}, which does not exist`
      const named = documentsOf(tree).flatMap(file =>
        findingsIn({ path: file.path, text: withoutCode(file.text) }, /`([^`\s]+)`/g, span => {
          return namesPlace(span, topFolders) ? missing(span) : undefined
        }),
      )
      const drawn = [...tree.values()]
        .filter(({ path }) => /^docs\/drawings\/.*\.txt$/.test(path))
        .flatMap(file => findingsIn(file, /\b((?:apps|clients|contracts|modules|platform)\/[\w-]*)/g, missing))
      return [...named, ...drawn]
    },
  },
  {
    name: 'packages-exist',
    why: 'A newcomer copies the import from the page.',
    check: tree => {
      const packages = new Map(packagesOf(tree).map(found => [found.name, found]))
      return documentsOf(tree).flatMap(file =>
        findingsIn(file, /(@octet\/[a-z][\w/-]*[\w])/g, specifier => {
          const [scope, name, ...rest] = specifier.split('/')
          const found = packages.get(`${scope}/${name}`)
          if (found === undefined) return `names ${scope}/${name}, which is not a package`
          if (rest.length === 0 || tree.has(exportedFile(found, `./${rest.join('/')}`) ?? '')) return undefined
          return `names ${specifier}, which ${found.name} does not export`
        }),
      )
    },
  },
  {
    name: 'settings-exist',
    why: 'A server refuses a misspelt setting, so a document must not teach one.',
    check: tree => {
      const code = [...tree.values()].filter(({ path }) => path.endsWith('.ts')).map(({ text }) => text)
      const known = new Set(code.flatMap(text => text.match(/\bOCTET_[A-Z0-9_]+/g) ?? []))
      return documentsOf(tree).flatMap(file =>
        findingsIn(file, /\b(OCTET_[A-Z0-9_]+)/g, name => {
          return known.has(name) ? undefined : `names ${name}, which no code reads`
        }),
      )
    },
  },
  {
    name: 'experiments-exist',
    why: 'A measurement that cannot be repeated proves nothing.',
    check: tree => {
      const names = { bench: experimentNames(tree, 'bench'), lab: experimentNames(tree, 'lab') }
      const named = documentsOf(tree).flatMap(file =>
        (['bench', 'lab'] as const).flatMap(kind =>
          findingsIn(file, new RegExp(`npm run ${kind} -- ([a-z][\\w-]*)`, 'g'), name => {
            return names[kind].includes(name) ? undefined : `runs the ${kind} ${name}, which does not exist`
          }),
        ),
      )
      return [...named, ...unlistedExperiments(tree, 'bench'), ...unlistedExperiments(tree, 'lab')]
    },
  },
  {
    name: 'named-tests-exist',
    why: 'A filter that matches nothing looks like a green run.',
    check: tree => {
      const tests = [...tree.keys()].filter(path => path.endsWith('.test.ts'))
      return documentsOf(tree).flatMap(file => {
        // The samples of the generator: the page that generates a module may run its tests.
        const generated = /npm run new-module -- ([a-z]+)/.exec(file.text)?.[1]
        return findingsIn(file, /npm test -- ([a-z][\w./-]*\w)/g, part => {
          if (part === generated || tests.some(path => path.includes(part))) return undefined
          return `runs the tests of ${part}, which match no file`
        })
      })
    },
  },
]
