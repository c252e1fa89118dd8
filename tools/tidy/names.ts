/** Names that a newcomer can guess. */
import type { Rule } from '../rule.ts'
import { type AstNode, codeFiles, exportedFunctions, nameOf } from '../syntax.ts'
import { baseName } from '../tree.ts'

/** Words that do not describe the content. */
const banned: ReadonlySet<string> = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc'])
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** Names that other programs look for, or that are conventional. */
const givenNames = /^(README|CHANGELOG|ARCHITECTURE|CONTRIBUTING|SECURITY|LICENSE|Dockerfile|PROVENANCE)(\.[a-z]+)?$/
/** Parts of a module that are not use cases; see ARCHITECTURE.md. */
const modulePart =
  /^(module|operations|handlers|routes|socket|jobs|access|rules|context|demo|privacy|([a-z-]+-)?store)\.ts$/

export const nameRules: readonly Rule[] = [
  {
    name: 'kebab-case',
    why: 'One spelling of file names works on every file system.',
    check: tree =>
      [...tree.keys()].flatMap(path => {
        const target = path.replace(/\.template$/, '')
        const wrong = target.split('/').find((part, index, parts) => {
          if (part.startsWith('.') || givenNames.test(part)) return false
          const words = part.replace(/^[_$]+/, '').split('.')
          if (index === parts.length - 1 && part.endsWith('.sql')) return !/^[a-z0-9_]+\.sql$/.test(part)
          return !words.every(word => kebabCase.test(word))
        })
        return wrong === undefined ? [] : [{ path, line: 1, message: `"${wrong}" is not kebab-case; rename it` }]
      }),
  },
  {
    name: 'telling-names',
    why: 'A file called utils attracts unrelated code.',
    check: tree =>
      [...tree.keys()].flatMap(path => {
        const word = path.split(/[/.-]/).find(part => banned.has(part))
        if (word === undefined) return []
        return [{ path, line: 1, message: `"${word}" describes nothing; name the file after its content` }]
      }),
  },
  {
    name: 'use-case-file',
    why: 'A reader looks for an operation in the file with its name.',
    check: tree =>
      codeFiles(tree, /^modules\/[^/]+\/src\//)
        .filter(({ path }) => !modulePart.test(baseName(path)))
        .flatMap(file => {
          const functions = exportedFunctions(file)
          const useCases = functions.filter(({ node }) => takesContext(node))
          const expected = camelCase(baseName(file.path).replace(/\.ts$/, ''))
          if (useCases.length === 0 || functions.some(({ name }) => name === expected)) return []
          const names = useCases.map(({ name }) => name).join(', ')
          const message = `exports the use case ${names}, but is not named after it; rename one of them (${expected})`
          return [{ path: file.path, line: 1, message }]
        }),
  },
]

function takesContext(node: AstNode): boolean {
  const [first] = node.params as AstNode[]
  return nameOf(first) === 'ctx'
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
